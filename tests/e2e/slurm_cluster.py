# SPDX-License-Identifier: Apache-2.0
"""A Slurm cluster of this host: real daemons, on loopback, with files of their own."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time
import unittest

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "unshare", "setpriv")
NODES = ("node1", "node2", "node3")

# No job is requeued before its credential is void (cred_expire). A node that was only slow to
# answer comes back (ReturnToService). One processor a node: room for one job, on any host.
CONFIGURATION = """ClusterName=joulecast
SlurmctldHost=controller(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldTimeout=5
SlurmdTimeout=5
SlurmdParameters=config_overrides
ReturnToService=1
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/filetxt
JobCompLoc={folder}/completed.txt
SelectType=select/cons_tres
SchedulerParameters=sched_interval=1
NodeName=node1 NodeAddr=127.0.0.1 Port={ports[1]} CPUs=1 RealMemory=1000
NodeName=node2 NodeAddr=127.0.0.1 Port={ports[2]} CPUs=1 RealMemory=1000
NodeName=node3 NodeAddr=127.0.0.1 Port={ports[3]} CPUs=1 RealMemory=1000
PartitionName=all Nodes=ALL Default=YES State=UP
"""


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def free_ports(count):
    """Ports that nobody listens on; all are taken before one is given back."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


# Daemons listen on the address of their host's name alone, so each has a name that is loopback's.
HOSTS = f"127.0.0.1 localhost controller {' '.join(NODES)}\n"
BECOME_HOST = 'mount --bind "$0" /etc/hosts && hostname "$1" && shift && exec "$@"'


class Host:
    """One daemon alone in its PID namespace, with a host name: it ends with all that it started.

    Its end is the namespace's end, and it dies with this Python, however that ends.
    """

    def __init__(self, name, command, env, folder):
        alone = [find("setpriv"), "--pdeathsig", "KILL", find("unshare"), "--pid", "--fork",
                 "--kill-child", "--mount-proc", "--uts",
                 "sh", "-c", BECOME_HOST, folder / "hosts", name]
        with open(folder / f"{name}.out", "wb") as output:
            self.process = subprocess.Popen([*alone, find(command[0]), *command[1:]], env=env,
                                            stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def cut_power(self):
        """Returns when nothing of it runs any more."""
        pid = self.process.pid
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        try:
            # Whoever waits for the first process of a namespace waits for all that are in it.
            os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
            self.process.wait(timeout=30)
        except (OSError, IndexError, subprocess.TimeoutExpired):
            self.process.kill()
        self.process.wait()


class Cluster:
    """Started when made; `stop` leaves nothing behind but the folder."""

    def __init__(self, folder):
        self.folder = folder
        self.hosts = {}
        own = {name: value for name, value in os.environ.items()
               if not name.startswith(("SLURM", "SBATCH"))}
        self.env = own | {"SLURM_CONF": str(folder / "slurm.conf")}

    @staticmethod
    def require():
        """Skips where this host cannot run one."""
        missing = [program for program in NEEDED if not find(program)]
        if missing:
            raise unittest.SkipTest(f"no {', '.join(missing)} (Debian: slurm-wlm munge)")
        if os.geteuid() != 0:
            raise unittest.SkipTest("needs root, to give each node a PID namespace")
        namespace = subprocess.run([find("unshare"), "--pid", "--fork", "--mount-proc", "--uts",
                                    "sh", "-c", BECOME_HOST, "/etc/hosts", "node1", "true"],
                                   capture_output=True, text=True, check=False)
        if namespace.returncode != 0:
            raise unittest.SkipTest(f"may not make namespaces: {namespace.stderr.strip()}")

    def start(self):
        self.folder.chmod(0o755)  # munged wants its socket to be reached by all
        for name in ("state", *NODES):
            (self.folder / name).mkdir()
        (self.folder / "slurm.conf").write_text(
            CONFIGURATION.format(folder=self.folder, ports=free_ports(1 + len(NODES))))
        (self.folder / "hosts").write_text(HOSTS)
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        self.boot("munge", "munged", "--foreground", "--force", f"--key-file={key}",
                  *(f"--{what}={self.folder}/munge.{what.split('-')[0]}"
                    for what in ("socket", "pid-file", "seed-file", "log-file")))
        self.wait_until(lambda: (self.folder / "munge.socket").exists(), 20, "munged")
        self.boot("controller", "slurmctld", "-D")
        for name in NODES:
            self.boot(name, "slurmd", "-D")
        self.wait_until(lambda: self.ask("sinfo", "-h", "-o", "%D %T") == "3 idle", 60, "nodes")

    def boot(self, name, *command):
        self.hosts[name] = Host(name, command, self.env, self.folder)

    def stop(self):
        for host in reversed(self.hosts.values()):
            host.cut_power()

    def ask(self, *command):
        """What one of Slurm's commands prints; nothing if it fails, as while all starts."""
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60,
                              check=False).stdout.strip()

    def completed(self):
        """What Slurm wrote of each job, or try of a job, that ended: [{"JobId": "7", ...}]."""
        path = self.folder / "completed.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        return [dict(word.partition("=")[::2] for word in line.split()) for line in lines]

    def wait_until(self, is_so, seconds, what):
        deadline = time.monotonic() + seconds
        while not (answer := is_so()):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {seconds} s for {what}\n{self.describe()}")
            time.sleep(0.05)
        return answer

    def describe(self):
        ends = [f"{path.name}: {path.read_text(errors='replace')[-800:]}"
                for path in sorted(self.folder.glob("*.out"))]
        return "\n".join([self.ask("squeue"), self.ask("sinfo"), *ends])
