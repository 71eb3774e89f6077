"""Lists the functions that a program and its child processes run, each in order of first use: what the linker lays side
by side (lld's --symbol-ordering-file), so that a short command touches few pages of the program's text.

    function_order.py PROGRAM ARGUMENT... [--then ARGUMENT...]

Each run after --then is one more run of the program. Printed are the linker's names, one a line: first what child
processes of the first run use, then what its parent adds, then what each further run adds.

A breakpoint stands at the entry of each function, is noted and taken away where a process comes to it (ptrace(2)), and
is inherited by a fork. So each process is as fast as without after its first steps, and its seccomp filter, its limits
and its deadlines stay as they are.
"""

import ctypes
import os
import signal
import struct
import subprocess
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long
TRACE_ME, PEEK_TEXT, PEEK_USER, POKE_TEXT, POKE_USER, CONTINUE, SET_OPTIONS = 0, 1, 3, 4, 6, 7, 0x4200
FOLLOW = 0x2 | 0x4 | 0x8 | 0x10 | 0x100000  # fork, vfork, clone, exec; what is traced ends with the tracer
AT_INSTRUCTION = 16 * 8  # rip in struct user of x86-64
BREAKPOINT = 0xCC


class Gone(Exception):
    """The process ended meanwhile."""


def ptrace(request, pid, address=0, data=0):
    ctypes.set_errno(0)
    result = libc.ptrace(request, pid, address, data)
    if ctypes.get_errno():
        raise Gone(os.strerror(ctypes.get_errno()))
    return result & 0xFFFFFFFFFFFFFFFF


def debug_link(program):
    """The file with the program's symbols: PROGRAM.debug beside it, or itself."""
    return program + ".debug" if os.path.exists(program + ".debug") else program


def symbols(program):
    """(address, name) of each function of the program."""
    read = subprocess.run(["readelf", "--symbols", "--wide", debug_link(program)], capture_output=True, text=True)
    if read.returncode != 0:
        raise SystemExit(f"function_order: {read.stderr.strip()}")
    for words in map(str.split, read.stdout.splitlines()):
        if len(words) == 8 and words[3] == "FUNC" and words[6] != "UND" and int(words[1], 16):
            yield int(words[1], 16), words[7]


def functions(program):
    """Address -> name, of several the first of the alphabet."""
    found = {}
    for address, name in symbols(program):
        found[address] = min(name, found.get(address, name))
    return found


def all_names(program):
    return {name for _, name in symbols(program)}


def load_offset(program, pid):
    """How far the system moved the program: nothing where its addresses are fixed."""
    with open(program, "rb") as file:
        if struct.unpack_from("<H", file.read(18), 16)[0] == 2:  # ET_EXEC
            return 0
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        return min(int(line.split("-")[0], 16) for line in maps if line.rstrip().endswith(os.path.realpath(program)))


def set_breakpoints(pid, addresses):
    """Puts one at each; returns what stood there."""
    before = {}
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        for address in addresses:
            memory.seek(address)
            before[address] = memory.read(1)[0]
            memory.seek(address)
            memory.write(bytes([BREAKPOINT]))
    return before


def take_breakpoint(pid, address, before):
    """Lets a thread that stands behind it go on with what was there. Another thread may have taken it already."""
    word = address & ~7
    shift = 8 * (address - word)
    held = ptrace(PEEK_TEXT, pid, word)
    if held >> shift & 0xFF == BREAKPOINT:
        ptrace(POKE_TEXT, pid, word, held & ~(0xFF << shift) | before << shift)
    ptrace(POKE_USER, pid, AT_INSTRUCTION, address)


def trace(command, names):
    """Runs it to its end. Returns (used by its children, used by itself): names in order of first use."""
    main = os.fork()
    if main == 0:
        libc.ptrace(TRACE_ME, 0, 0, 0)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(command[0], command)
    os.waitpid(main, 0)
    ptrace(SET_OPTIONS, main, 0, FOLLOW)
    moved = load_offset(command[0], main)
    before = set_breakpoints(main, [address + moved for address in names])
    used = {True: {}, False: {}}  # Of main; a dict keeps the order.
    known = {main}
    status = None
    ptrace(CONTINUE, main)
    while True:
        try:
            pid, state = os.waitpid(-1, 0x40000000)  # __WALL: threads, too
        except ChildProcessError:
            break
        if not os.WIFSTOPPED(state):
            if pid == main:
                status = os.waitstatus_to_exitcode(state)
            continue
        number = os.WSTOPSIG(state)
        passed_on = 0
        try:
            if number == signal.SIGTRAP:
                address = ptrace(PEEK_USER, pid, AT_INSTRUCTION) - 1
                if state >> 16 == 0 and address in before:
                    with open(f"/proc/{pid}/status", encoding="utf-8") as about:
                        process = next(int(line.split()[1]) for line in about if line.startswith("Tgid:"))
                    used[process == main].setdefault(names[address - moved])
                    take_breakpoint(pid, address, before[address])
            elif number != signal.SIGSTOP or pid in known:
                passed_on = number
            known.add(pid)
            ptrace(CONTINUE, pid, 0, passed_on)
        except (Gone, FileNotFoundError, ProcessLookupError):
            continue
    if status not in (0, 3):  # 3: done in part, as where a scanned file is no good.
        raise SystemExit(f"function_order: {' '.join(command)}: exit code {status}")
    return list(used[False]), list(used[True])


def main(arguments):
    runs = [[]]
    for word in arguments[1:]:
        if word == "--then":
            runs.append([])
        else:
            runs[-1].append(word)
    if not arguments:
        raise SystemExit(__doc__)
    names = functions(arguments[0])
    if not names:
        raise SystemExit(f"function_order: {arguments[0]} has no symbols, and no {arguments[0]}.debug stands beside it")
    order = {}
    for run in runs:
        for used in trace([arguments[0], *run], names):
            for name in used:
                order.setdefault(name)
    print("\n".join(order))


if __name__ == "__main__":
    main(sys.argv[1:])
