"""A real server that is not ours: `transformers serve` on loopback, with a tiny random model.

To try `planner probe --url` against it: `python -m tests.heavy.transformers_server`, until Ctrl-C.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Run apart, since torch is slow to load and starts threads. Nothing is downloaded.
_MAKE = """
import sys
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

words = ["<unk>", "<s>", "</s>", *(f"w{i}" for i in range(997))]
tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
fast = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, unk_token="<unk>", bos_token="<s>", eos_token="</s>"
)
fast.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}"
fast.save_pretrained(sys.argv[1])
config = LlamaConfig(
    vocab_size=1000, hidden_size=64, intermediate_size=128, num_hidden_layers=2,
    num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=4096,
    bos_token_id=1, eos_token_id=2, pad_token_id=2,
)
model = LlamaForCausalLM(config)
model.generation_config.eos_token_id = None  # no answer ends before it is as long as asked for
model.save_pretrained(sys.argv[1])
"""


@contextmanager
def transformers_serve(folder: Path, python: str = sys.executable) -> Iterator[str]:
    """The address of a server for the length of a block; its model is made in a folder.

    One thread for its arithmetic, so that it is as fast beside other tests.
    """
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run([python, "-c", _MAKE, str(folder)], env=environment, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    program = str(Path(python).with_name("transformers"))
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [program, "serve", str(folder), "--continuous-batching", *options],
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def _wait(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a page answers, two minutes at most."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - loopback
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("transformers serve does not start; see log.txt in its folder")


if __name__ == "__main__":
    with (
        suppress(KeyboardInterrupt),
        tempfile.TemporaryDirectory() as place,
        transformers_serve(Path(place)) as address,
    ):
        sys.stdout.write(f"planner probe --url {address}\n")
        sys.stdout.flush()
        threading.Event().wait()
