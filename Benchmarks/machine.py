"""What a measurement needs to know of the machine: who else uses it, what a process cost, and what it is."""

import os
import platform
import subprocess
import sys
import tempfile
import time


def busy_seconds():
    """CPU seconds that the whole machine has spent working since it started; 0 where /proc is missing."""
    try:
        with open("/proc/stat") as file:
            user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
    except OSError:
        return 0.0
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def load_now(seconds=2.0):
    """Cores busy with anything at all, while this process sleeps."""
    before = busy_seconds()
    time.sleep(seconds)
    return (busy_seconds() - before) / seconds


def wait_until_idle(limit, patience, say):
    """Waits until fewer than `limit` cores are busy; the last load seen, and whether it came to that."""
    end = time.monotonic() + patience
    told = False
    while True:
        load = load_now()
        if load <= limit:
            return load, True
        if time.monotonic() >= end:
            return load, False
        if not told:
            say(f"others keep {load:.2f} cores busy; waiting up to {patience:.0f} s")
            told = True


def measured(arguments):
    """Runs a command: status, output, wall and CPU seconds, peak memory, and the cores that others kept busy."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        busy, begin = busy_seconds(), time.monotonic()
        process = subprocess.Popen([str(part) for part in arguments], stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall, busy = time.monotonic() - begin, busy_seconds() - busy
        process.returncode = os.waitstatus_to_exitcode(status)
        own = usage.ru_utime + usage.ru_stime
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return {
        "status": process.returncode, "stdout": texts[0], "stderr": texts[1], "wall_seconds": wall, "cpu_seconds": own,
        "peak_memory_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "foreign_cores": max(0.0, busy - own) / wall,
    }


def first_line(command, cwd=None):
    try:
        lines = subprocess.run(command, capture_output=True, text=True, cwd=cwd).stdout.splitlines()
    except OSError:
        return None
    return lines[0] if lines else None


def field(path, name):
    try:
        with open(path) as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith(name)), None)
    except OSError:
        return None


def description():
    flags = (field("/proc/cpuinfo", "flags") or "").split()
    try:
        system = platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        system = platform.platform()
    return {
        "processor": field("/proc/cpuinfo", "model name") or platform.processor(), "cores": os.cpu_count(),
        "instructions": [name for name in ("avx2", "avx512f", "avx512_bf16", "amx_tile") if name in flags],
        "memory": field("/proc/meminfo", "MemTotal"), "system": system, "kernel": platform.release(),
    }


def versions(root):
    return {
        "commit": first_line(["git", "rev-parse", "HEAD"], root),
        "uncommitted": bool(first_line(["git", "status", "--porcelain", "--untracked-files=no"], root)),
        "swift": first_line(["swift", "--version"]),
        "openblas": first_line(["pkg-config", "--modversion", "openblas"]),
    }
