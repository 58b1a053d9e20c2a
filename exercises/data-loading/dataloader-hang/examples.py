"""Public examples. The one that may hang runs in a process of its own, with a deadline."""

import multiprocessing
import os
import signal
import threading
import time

from remote import RemoteDataset, make_loader


class Store:
    """Eight pages of eight keys; row i is [i, i / 2]."""

    pages = 8

    def __init__(self):
        self.lock = threading.Lock()
        self.in_flight = self.most_in_flight = 0

    def read_page(self, page):
        time.sleep(0.02)
        return [f"row/{8 * page + i}" for i in range(8)]

    def read(self, key):
        with self.lock:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        time.sleep(0.02)
        with self.lock:
            self.in_flight -= 1
        i = int(key.split("/")[1])
        return [float(i), i / 2]


def first_column(loader):
    return [row[0] for batch in loader for row in batch.tolist()]


def answer_within(seconds, function):
    """`function()`, computed in a forked process; it and its workers are killed when late."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def child():
        os.setpgid(0, 0)
        sender.send(function())

    process = context.Process(target=child)
    process.start()
    sender.close()
    try:
        answered = receiver.poll(seconds)
        assert answered, f"no answer within {seconds} s: the loader hangs"
        return receiver.recv()
    except EOFError:
        raise AssertionError("the loader raised an error, its traceback is printed") from None
    finally:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.join()


def test_rows_without_workers():
    ds = RemoteDataset(Store(), n=20)
    assert len(ds) == 20, f"20 rows were asked for, len(ds) is {len(ds)}"
    seen = first_column(make_loader(ds, num_workers=0))
    assert seen == list(range(20)), f"rows 0 to 19 in order, got {seen}"


def test_reads_of_a_batch_overlap():
    store = Store()
    ds = RemoteDataset(store, n=16)
    for _ in make_loader(ds, num_workers=0):
        pass
    most = store.most_in_flight
    assert most > 1, f"with 4 readers several reads run at once, at most {most} did"


def test_two_workers_deliver_every_row():
    def epoch():
        return first_column(make_loader(RemoteDataset(Store(), n=64)))

    seen = answer_within(10, epoch)
    assert seen == list(range(64)), f"rows 0 to 63 in order, got {seen}"
