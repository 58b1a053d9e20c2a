"""Grader: forked workers, a reader pool, and who owns it.

Whatever may hang runs in a child with a deadline. The store writes who read what to a file, so
that workers, parent and child are seen by their process ids. Nothing here measures speed:
overlap is counted by a gate that holds reads back until enough of them are in flight.
"""

import gc
import multiprocessing
import os
import pickle
import random
import re
import tempfile
import threading
import time
import traceback
from collections import Counter
from pathlib import Path

import torch
from torch.utils.data import DataLoader, Subset

from prep import testing as kit

LIMIT = 8  # seconds for what takes half a second; the machine may be busy
BATCH = 8


class Store:
    """A store whose even rows answer late, so that completion order is not request order."""

    def __init__(self, rows, pages, log):
        names = [f"s{i:03d}/{random.getrandbits(32):08x}" for i in range(len(rows))]
        random.shuffle(names)
        self.names = names
        self.rows = dict(zip(names, rows, strict=True))
        self.late = set(names[::2])
        self.pages = pages
        self.log = log

    def note(self, kind, what):
        line = f"{os.getpid()} {kind} {what}\n".encode()
        handle = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)

    def read_page(self, page):
        self.note("page", page)
        time.sleep(0.01)  # long enough for a pool to start all its threads
        size = -(-len(self.names) // self.pages)
        return self.names[page * size : (page + 1) * size]

    def read(self, key):
        self.note("row", key)
        time.sleep(0.012 if key in self.late else 0.001)
        self.note("end", key)
        return list(self.rows[key])


class Gate(Store):
    """Holds every read until `wanted` are in flight, or until `patience` is over once."""

    def __init__(self, rows, pages, log, wanted, patience):
        super().__init__(rows, pages, log)
        self.wanted, self.patience = wanted, patience
        self.changed = threading.Condition()
        self.open = False
        self.reads = self.now = self.most = 0
        self.threads = set()  # the objects: the ids of ended threads are used again

    def read(self, key):
        with self.changed:
            self.threads.add(threading.current_thread())
            self.reads += 1
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now >= self.wanted:
                self.open = True
                self.changed.notify_all()
            self.changed.wait_for(lambda: self.open, timeout=self.patience)
            self.open = True
        time.sleep(0.005)
        with self.changed:
            self.now -= 1
        return list(self.rows[key])


class World:
    """One store with its hidden rows, for one check."""

    def __init__(self, n=64, extra=5, pages=8):
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name) / "log"
        self.log.touch()
        self.n, self.pages = n, pages
        width = random.randint(2, 5)
        # eighths are exact in float32; the first column tells the rows apart
        self.rows = [
            [float(i)] + [random.randint(-800, 800) / 8 for _ in range(width - 1)]
            for i in range(n + extra)
        ]
        self.wanted = self.rows[:n]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def store(self):
        return Store(self.rows, self.pages, str(self.log))

    def gate(self, wanted, patience):
        return Gate(self.rows, self.pages, str(self.log), wanted, patience)

    def noted(self):
        """(pid, kind, what) of every read so far."""
        lines = self.log.read_text().splitlines()
        return [(int(pid), kind, what) for pid, kind, what in (line.split(" ") for line in lines)]

    def row_readers(self):
        return sorted({pid for pid, kind, _ in self.noted() if kind == "row"})

    def most_at_once(self):
        """Process id -> the most reads that it had in flight; the log is in order of time."""
        now, most = Counter(), Counter()
        for pid, kind, _ in self.noted():
            now[pid] += {"row": 1, "end": -1}.get(kind, 0)
            most[pid] = max(most[pid], now[pid])
        return most


# What runs in the child. It returns plain lists: the judging happens outside.


def plain(batch):
    """A batch as (shape, dtype, values), or what it is instead."""
    if not isinstance(batch, torch.Tensor):
        return (None, f"{type(batch).__name__} instead of a Tensor", [])
    return (tuple(batch.shape), str(batch.dtype), batch.tolist())


HELD = []  # an iterator that is let go would wait for its stuck workers


def epoch(loader):
    """The batches of one epoch; says in words what torch raises on the learner's behalf."""
    try:
        return [plain(batch) for batch in loader]
    except Exception as error:
        HELD.append(error)
        files = {frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)}
        if any(os.path.basename(file) == "remote.py" for file in files):
            raise
        text = str(error)
        seen = f"{type(error).__name__}: {text}"
        if "DataLoader timed out" in text:
            kit.fail("no batch came from the loader", expected="a batch", seen=text)
        if "in DataLoader worker process" in text:
            places = re.findall(r'File "[^"]*remote\.py", line (\d+)', text)
            where = f", line {places[-1]} of remote.py" if places else ""
            seen = text.strip().splitlines()[-1].strip() + where
            kit.fail("a worker raised an error", expected="a batch", seen=seen)
        kit.fail("the loader cannot make a batch of what it got", expected="a batch", seen=seen)


def settings(solution, world):
    """What make_loader(ds) asks for; nothing is read through it."""
    before = set(threading.enumerate())
    ds = solution.RemoteDataset(world.store(), world.n)
    left = [t for t in threading.enumerate() if t not in before and t.is_alive()]
    loader = solution.make_loader(ds)
    if not isinstance(loader, DataLoader):
        kit.fail(
            "make_loader must return a DataLoader",
            expected="DataLoader",
            seen=type(loader).__name__,
        )
    context = loader.multiprocessing_context or multiprocessing.get_context()
    return {
        "workers": loader.num_workers,
        "method": context.get_start_method(),
        "timeout": loader.timeout,
        "sharing": torch.multiprocessing.get_sharing_strategy(),
        "picklable": pickle_error(ds) == "",
        "copies": copies(ds),
        "threads": len(left),
        "init_fn": loader.worker_init_fn is not None,
        "own_class": type(loader) is not DataLoader,
    }


def pickle_error(ds):
    try:
        pickle.dumps(ds)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def copies(ds):
    """Whether an unpickled copy can read a row at all."""
    try:
        return isinstance(pickle.loads(pickle.dumps(ds)).__getitems__([0]), list)
    except Exception:
        return False


# How the outside judges.


def same_rows(got, wanted, what, batch_size=BATCH, if_sorted=None):
    """Fail unless the batches `got` hold exactly the rows `wanted`, in order.

    `if_sorted` names the mistake of delivering the rows of each batch sorted and once.
    """
    for shape, kind, _ in got:
        if shape is None or kind != "torch.float32":
            kit.fail(
                f"a batch of {what} is not a float32 tensor",
                expected="torch.float32",
                seen=kind,
                mistake="double_rows" if kind == "torch.float64" else None,
            )
        if len(shape) != 2:
            wanted_shape = (min(batch_size, len(wanted)), len(wanted[0]))
            kit.fail(f"a batch of {what} has the wrong shape", expected=wanted_shape, seen=shape)
    sizes = [shape[0] for shape, _, _ in got]
    rows = [row for _, _, values in got for row in values]
    if rows != wanted:
        order, order_wanted = [row[0] for row in rows], [row[0] for row in wanted]
        if sorted(order) == sorted(order_wanted):
            if order == order_wanted:
                at = next(i for i, row in enumerate(rows) if row != wanted[i])
                kit.fail(f"row {at} of {what} has other values", expected=wanted[at], seen=rows[at])
            kit.fail(
                f"the rows of {what} are not in order",
                expected=short(order_wanted),
                seen=short(order),
                mistake="completion_order" if quick_first(order, order_wanted, sizes) else None,
            )
        batches = [order_wanted[i : i + batch_size] for i in range(0, len(wanted), batch_size)]
        each_sorted = [i for batch in batches for i in sorted(set(batch))]
        kit.fail(
            f"{what} must deliver exactly the {len(wanted)} rows it was asked for",
            expected=f"{len(wanted)} rows: {short(order_wanted)}",
            seen=f"{len(rows)} rows: {short(order)}",
            mistake=if_sorted if order == each_sorted else None,
        )
    full, rest = divmod(len(wanted), batch_size)
    kit.expect(
        sizes == [batch_size] * full + [rest] * (rest > 0),
        f"the batches of {what} have the wrong sizes",
        expected=f"{full} batches of {batch_size}" + (f", one of {rest}" if rest else ""),
        seen=sizes,
    )


def quick_first(order, wanted, sizes):
    """Whether the quick (odd) rows of the first batches come before their late neighbours."""
    start = quick = 0
    for size in sizes[:6]:
        batch = order[start : start + size]
        if sorted(batch) != sorted(wanted[start : start + size]):
            return False
        quick += size > 1 and batch[0] % 2 == 1
        start += size
    return quick >= 4


def short(order):
    """The first column as row numbers, cut."""
    numbers = ", ".join(str(int(i)) for i in order[:10])
    return f"{numbers}, ..." if len(order) > 10 else numbers


def test_rows_without_workers(solution, seed):
    """Without workers every row arrives once and in order, in every epoch."""
    n = 41 + seed % 6
    size = 5 + seed % 3
    with World(n) as world:
        picks = random.sample(range(n), 9)
        picks += [picks[0], picks[3], picks[0]]

        def child():
            ds = solution.RemoteDataset(world.store(), n)
            loader = solution.make_loader(ds, num_workers=0, batch_size=size)
            first, second = epoch(loader), epoch(loader)
            drawn = epoch(DataLoader(ds, batch_size=6, sampler=picks))
            batch = ds.__getitems__([2, 0])
            return len(ds), first, second, drawn, plain(ds[n - 1]), type(batch).__name__

        length, first, second, drawn, one, kind = kit.in_child(
            child, seconds=LIMIT, what="two epochs without workers"
        )
        kit.expect(length == n, "len(ds) is the number of rows", expected=n, seen=length)
        same_rows(first, world.wanted, "the first epoch", size)
        same_rows(second, world.wanted, "the second epoch", size)
        drawn_wanted = [world.rows[i] for i in picks]
        same_rows(drawn, drawn_wanted, "an epoch over drawn indices", 6, "keyed_by_index")
        kit.expect(
            kind in ("list", "tuple"),
            "ds.__getitems__(indices) returns a list of rows",
            expected="list",
            seen=kind,
        )
        wanted = ((len(world.rows[0]),), "torch.float32", world.rows[n - 1])
        kit.expect(
            one == wanted,
            "ds[i] returns row i",
            expected=wanted,
            seen=one[1] if one[0] is None else one,
            mistake="item_is_a_list" if one[1].startswith("list ") else None,
        )


def why_it_hangs(found):
    """The known mistake behind a first batch that never comes."""
    if found["timeout"] > 0:
        return "timeout_only"
    if os.uname().sysname == "Linux" and found["sharing"] != "file_descriptor":
        return "sharing_strategy"
    return "pool_still_from_init" if found["threads"] else None


@kit.needs("rows_without_workers")
def test_rows_with_two_workers(solution):
    """The default loader delivers every row once and in order, read by two forked workers."""
    with World() as world:
        found = kit.in_child(settings, solution, world, seconds=LIMIT, what="make_loader(ds)")
        if found["workers"] > 0 and found["method"] != "fork":
            kit.fail(
                "the workers must stay forked",
                expected='start method "fork"',
                seen=f'"{found["method"]}"',
                mistake="spawn_and_repaired" if found["picklable"] else "spawn_only",
            )
        world.log.write_text("")

        def child():
            ds = solution.RemoteDataset(world.store(), world.n)
            try:
                return os.getpid(), epoch(solution.make_loader(ds))
            except kit.CheckFailed as failure:
                if "DataLoader timed out" not in (failure.seen or ""):
                    raise
                return failure.seen

        answer = kit.in_child(
            child,
            seconds=LIMIT,
            what="an epoch with the default 2 workers",
            mistake=why_it_hangs(found),
        )
        if isinstance(answer, str):
            kit.fail(
                "no batch came from the default loader",
                expected=f"{world.n} rows",
                seen=answer,
                mistake="timeout_only",
            )
        parent, batches = answer
        same_rows(batches, world.wanted, "an epoch with the default 2 workers")
        readers = world.row_readers()
        workers = [pid for pid in readers if pid != parent]
        name = None
        if not workers:
            name = "no_workers" if found["workers"] == 0 else "rows_read_up_front"
        elif readers == workers and found["workers"] == 1:
            name = "one_worker"
        seen = f"{len(workers)} worker process(es)"
        kit.expect(
            len(workers) == 2 and readers == workers,
            "the rows must be read by two worker processes",
            expected="2 worker processes",
            seen=seen + (" and the parent" if parent in readers else ""),
            mistake=name,
        )


@kit.needs("rows_with_two_workers")
def test_later_epochs(solution):
    """A second epoch, persistent workers and two loaders alive at once deliver all rows."""
    with World(40) as world:

        def twice():
            loader = solution.make_loader(solution.RemoteDataset(world.store(), world.n))
            return epoch(loader), epoch(loader)

        for i, got in enumerate(kit.in_child(twice, seconds=LIMIT, what="two epochs")):
            same_rows(got, world.wanted, f"epoch {i + 1}")

        def persistent():
            ds = solution.RemoteDataset(world.store(), world.n)
            loader = solution.make_loader(ds, persistent_workers=True, prefetch_factor=3)
            found = []
            for _ in range(2):
                world.log.write_text("")
                found.append((epoch(loader), world.row_readers()))
            return found, loader.prefetch_factor

        ((first, pids), (second, later)), prefetch = kit.in_child(
            persistent, seconds=LIMIT, what="two epochs with persistent workers"
        )
        same_rows(first, world.wanted, "epoch 1 with persistent workers")
        same_rows(second, world.wanted, "epoch 2 with persistent workers")
        kit.expect(
            pids == later,
            "persistent_workers=True must keep the workers of the first epoch",
            expected="epoch 2 read by the same 2 processes",
            seen="new processes",
            mistake="persistent_refused" if prefetch == 3 else "kwargs_dropped",
        )
        kit.expect(
            prefetch == 3,
            "further keyword arguments must reach DataLoader",
            expected="prefetch_factor 3",
            seen=prefetch,
        )

        def both():
            ds = solution.RemoteDataset(world.store(), world.n)
            one, other = iter(solution.make_loader(ds)), iter(solution.make_loader(ds))
            pairs = [(plain(a), plain(b)) for a, b in zip(one, other, strict=True)]
            return [a for a, _ in pairs], [b for _, b in pairs]

        got, other = kit.in_child(both, seconds=LIMIT, what="two loaders alive at once")
        same_rows(got, world.wanted, "the first of two loaders")
        same_rows(other, world.wanted, "the second of two loaders")


USED = [14, 0, 4, 2, 6, 8, 12, 10]  # late rows: while they are read, a pool starts all its threads


def use(ds):
    """Read in this process, often enough that every thread of a pool of 2 has been started.

    A pool with a thread to spare does not hang in a forked child: it starts that one there.
    """
    ds[1]
    for _ in range(2):
        loader = DataLoader(Subset(ds, USED), batch_size=len(USED))
        (batch,) = [plain(batch) for batch in loader]
    return batch


@kit.needs("rows_with_two_workers")
def test_used_in_the_parent(solution):
    """Workers still deliver after the parent has read rows from the same dataset."""
    with World(32) as world:

        def before():
            ds = solution.RemoteDataset(world.store(), world.n, readers=2)
            used = use(ds)
            got = epoch(solution.make_loader(ds))
            return os.getpid(), used, got, use(ds)

        started = time.monotonic()
        parent, used, got, after = kit.in_child(
            before,
            seconds=LIMIT,
            what="an epoch after the parent has read rows",
            mistake="no_pid_check",
        )
        wanted = [world.rows[i] for i in USED]
        same_rows([used], wanted, "a batch read by the parent")
        same_rows(got, world.wanted, "an epoch after the parent has read rows")
        same_rows([after], wanted, "a batch read by the parent after that epoch")
        most = world.most_at_once()
        workers = min(most[pid] for pid in most if pid != parent)
        kit.expect(
            most[parent] < 2 or workers >= 2,
            "after the parent has read rows, reads in the workers no longer overlap",
            expected="2 reads at once",
            seen=f"at most {workers} at once in a worker, {most[parent]} in the parent",
        )
        hangs = time.monotonic() - started < LIMIT / 3  # else it is slow, whatever the cause

        def between():
            ds = solution.RemoteDataset(world.store(), world.n, readers=2)
            loader = solution.make_loader(ds)
            first = epoch(loader)
            use(ds)
            return first, epoch(loader)

        first, second = kit.in_child(
            between,
            seconds=LIMIT,
            what="a second epoch, with reads in the parent between the two",
            mistake="reset_in_make_loader" if hangs else None,
        )
        same_rows(first, world.wanted, "the epoch before the parent read rows")
        same_rows(second, world.wanted, "the epoch after the parent read rows")


def own_init(worker_id):
    """Somebody's heartbeat: the worker has a thread before the dataset is asked for a row."""
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


@kit.needs("used_in_the_parent")
def test_any_loader(solution):
    """Any forked DataLoader delivers: around a Subset, with an own worker_init_fn, from a copy."""
    with World(36) as world:
        found = kit.in_child(settings, solution, world, seconds=LIMIT, what="make_loader(ds)")
        name = "worker_init_fn_only" if found["init_fn"] else None
        if found["own_class"]:
            name = "loader_drops_the_pool"
        picks = random.sample(range(world.n), 27)

        def child(travel):
            ds = solution.RemoteDataset(world.store(), world.n, readers=2)
            if travel:
                ds = pickle.loads(pickle.dumps(ds))
            use(ds)
            loader = DataLoader(
                Subset(ds, picks),
                batch_size=6,
                num_workers=2,
                worker_init_fn=own_init,
                multiprocessing_context="fork",
            )
            return epoch(loader)

        got = kit.in_child(
            child,
            False,
            seconds=LIMIT,
            what="a plain DataLoader around a Subset",
            mistake=name,
        )
        same_rows(got, [world.rows[i] for i in picks], "a Subset in a plain DataLoader", 6)
        if not found["copies"]:
            return  # that is the business of another check
        got = kit.in_child(
            child,
            True,
            seconds=LIMIT,
            what="a DataLoader over an unpickled copy",
            mistake="hook_in_init_only",
        )
        same_rows(got, [world.rows[i] for i in picks], "a Subset of an unpickled copy", 6)


@kit.needs("rows_with_two_workers")
def test_no_process_left(solution):
    """After a plain epoch no worker process is left."""
    with World(24) as world:

        def child():
            loader = solution.make_loader(solution.RemoteDataset(world.store(), world.n))
            epoch(loader)
            until = time.monotonic() + 3
            while multiprocessing.active_children() and time.monotonic() < until:
                time.sleep(0.05)
            return len(multiprocessing.active_children())

        left = kit.in_child(child, seconds=LIMIT, what="the end of an epoch")
        kit.expect(
            left == 0,
            "worker processes outlive the epoch though nobody asked for persistent workers",
            expected="0 child processes",
            seen=left,
            mistake="persistent_forced",
        )


ALLOWED = 12  # threads left after 8 batches: a pool may have helpers, or one thread per row


def read_through(solution, world, readers, wanted, patience):
    """One epoch without workers past a gate; what the gate saw, and threads left behind."""
    before = set(threading.enumerate())
    gate = world.gate(wanted, patience)
    ds = solution.RemoteDataset(gate, world.n, readers=readers)
    caller = threading.current_thread()
    gate.reads, gate.most = 0, 0
    gate.threads.clear()
    epoch(solution.make_loader(ds, num_workers=0))
    gc.collect()  # a pool that is merely dropped ends its threads once it is collected
    until = time.monotonic() + 2
    while True:
        left = [t for t in threading.enumerate() if t not in before and t.is_alive()]
        if len(left) <= ALLOWED or time.monotonic() > until:
            break
        time.sleep(0.05)
    return {
        "reads": gate.reads,
        "most": gate.most,
        "in_caller": gate.threads == {caller},
        "threads": len(gate.threads),
        "left": len(left),
    }


def serial_mistake(seen, readers):
    """Which way of reading one row after another this is."""
    if seen["most"] != 1:
        return None
    if seen["in_caller"]:
        return "plain_loop"
    if seen["threads"] > readers:
        return "pool_per_sample"
    return "result_in_the_loop"


def test_reads_overlap(solution):
    """The reads of one batch run at the same time, in the workers too."""
    readers = random.choice([5, 6])  # not the default
    with World(24) as world:
        seen = kit.in_child(
            read_through,
            solution,
            world,
            readers,
            readers,
            2.0,
            seconds=LIMIT,
            what=f"an epoch without workers, {readers} readers",
        )
        kit.expect(
            seen["reads"] >= 24,
            "the rows are read from the store during the epoch",
            expected="24 reads",
            seen=f"{seen['reads']} reads",
        )
        kit.expect(
            seen["most"] >= readers,
            f"with {readers} readers and batches of 8 the reads must overlap",
            expected=f"{readers} reads at once",
            seen=f"at most {seen['most']} at once",
            mistake="readers_ignored" if seen["most"] == 4 else serial_mistake(seen, readers),
        )
        found = kit.in_child(settings, solution, world, seconds=LIMIT, what="make_loader(ds)")
        if found["threads"]:
            return  # these workers may hang, and that is the business of other checks
        world.log.write_text("")

        def child():
            ds = solution.RemoteDataset(world.store(), world.n)
            epoch(DataLoader(ds, BATCH, num_workers=2, multiprocessing_context="fork"))
            return os.getpid()

        parent = kit.in_child(child, seconds=LIMIT, what="an epoch with 2 workers")
        most = max(n for pid, n in world.most_at_once().items() if pid != parent)
        kit.expect(
            most >= 2,
            "the reads of one batch must overlap in the workers as well",
            expected="several reads at once",
            seen=f"at most {most} at once in a worker",
            mistake="serial_in_workers",
        )


def test_reads_bounded(solution):
    """Never more reads at once than readers, and threads do not pile up with the batches."""
    readers = 3
    with World(64) as world:
        seen = kit.in_child(
            read_through,
            solution,
            world,
            readers,
            readers + 1,
            0.3,
            seconds=LIMIT,
            what=f"an epoch without workers, {readers} readers",
        )
        kit.expect(
            seen["most"] <= readers,
            f"with {readers} readers no more than {readers} reads may run at once",
            expected=f"at most {readers}",
            seen=seen["most"],
            mistake="unbounded_threads" if seen["most"] > readers + 1 else None,
        )
        kit.expect(
            seen["left"] <= ALLOWED,
            f"threads pile up: 8 batches were read with {readers} readers",
            expected=f"{readers} threads left, or a few more",
            seen=seen["left"],
            mistake="pools_pile_up",
        )


def test_building(solution):
    """Building reads every manifest page once and no row, and leaves no thread behind."""
    with World(40) as world:

        def child():
            before = set(threading.enumerate())
            _built = solution.RemoteDataset(world.store(), world.n)
            noted = world.noted()
            until = time.monotonic() + 2
            while True:
                left = [t.name for t in threading.enumerate() if t not in before]
                if not left or time.monotonic() > until:
                    break
                time.sleep(0.05)
            return noted, left

        noted, left = kit.in_child(child, seconds=LIMIT, what="building the dataset")
        pages = Counter(int(what) for _, kind, what in noted if kind == "page")
        rows = sum(kind == "row" for _, kind, _ in noted)
        kit.expect(
            rows == 0,
            "__init__ reads no rows, they are read when they are asked for",
            expected="0 rows read",
            seen=rows,
            mistake="rows_read_up_front",
        )
        kit.expect(
            pages == Counter(range(world.pages)),
            f"__init__ reads each of the {world.pages} manifest pages once",
            expected=f"{world.pages} page reads",
            seen=f"{sum(pages.values())} page reads",
            mistake="manifest_read_late" if not pages else None,
        )
        kit.expect(
            not left,
            "threads are still running after __init__ has returned",
            expected="0 threads",
            seen=f"{len(left)}: {', '.join(left[:2])}",
            mistake="manifest_pool_kept",
        )
        world.log.write_text("")

        def read():
            used = solution.RemoteDataset(world.store(), world.n)
            epoch(DataLoader(used, BATCH))
            ds = solution.RemoteDataset(world.store(), world.n)
            epoch(DataLoader(ds, BATCH, num_workers=2, multiprocessing_context="fork"))

        kit.in_child(read, seconds=LIMIT, what="an epoch with 0 and one with 2 workers")
        again = sum(kind == "page" for _, kind, _ in world.noted()) - 2 * world.pages
        kit.expect(
            again == 0,
            "the manifest is read again during an epoch",
            expected="0 page reads after __init__",
            seen=again,
            mistake="manifest_read_again",
        )


@kit.needs("rows_without_workers")
def test_pickling(solution):
    """The dataset can be pickled before and after use, and the copy reads the same rows."""
    with World(20) as world:

        def child():
            ds = solution.RemoteDataset(world.store(), world.n)
            found = []
            for _ in range(2):
                error = pickle_error(ds)
                if error:
                    return error, len(found), found
                copy = pickle.loads(pickle.dumps(ds))
                try:
                    rows = epoch(solution.make_loader(copy, num_workers=0))
                except AttributeError as missing:
                    return f"AttributeError: {missing}", None, found
                found.append((len(copy), rows))
                epoch(solution.make_loader(ds, num_workers=0))
            return "", 2, found

        error, used, found = kit.in_child(child, seconds=LIMIT, what="a pickled copy's rows")
        kit.expect(
            used is not None,
            "the unpickled copy cannot read",
            expected="its rows",
            seen=error,
            mistake="owner_in_the_pickle" if "NoneType" in error else "state_incomplete",
        )
        kit.expect(
            not error,
            "the dataset cannot be pickled " + ("after it was used" if used else "before use"),
            expected="a copy",
            seen=error,
            mistake="pool_in_the_pickle" if "SimpleQueue" in error or "pool" in error else None,
        )
        for length, got in found:
            kit.expect(
                length == world.n, "len() of the copy is wrong", expected=world.n, seen=length
            )
            same_rows(got, world.wanted, "the copy")
