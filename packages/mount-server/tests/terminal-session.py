"""Runs a command on a terminal of its own until its output has a text, does something there, and closes the terminal; prints the exit code."""

import os
import pty
import subprocess
import sys

awaited, action, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
seen = ""
while awaited not in seen:
    seen += os.read(terminal, 4096).decode(errors="replace")
subprocess.run(action, shell=True, check=True)
os.close(terminal)
_, status = os.waitpid(child, 0)
print(os.waitstatus_to_exitcode(status))
