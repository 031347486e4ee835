"""Installs the build as a packager does, and makes a Debian package of it.

Called as `test_install.py --build DIR --version VERSION [unittest's arguments]`. What is built
against the installed library is tested by shim/install.py.
"""

import argparse
import fnmatch
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

# Under the prefix; the folder of libraries has another name on each system.
INSTALLED = [
    "bin/accelbench",
    "include/accelbench/benchmark.h",
    "lib*/libaccelbench_benchmark.a",
    "lib*/cmake/accelbench/accelbench-config-version.cmake",
    "lib*/cmake/accelbench/accelbench-config.cmake",
    "lib*/cmake/accelbench/accelbench-targets-*.cmake",
    "lib*/cmake/accelbench/accelbench-targets.cmake",
    "lib*/pkgconfig/accelbench.pc",
    "share/bash-completion/completions/accelbench",
    "share/doc/accelbench/README.md",
    "share/doc/accelbench/benchmarks-in-c.md",
    "share/fish/vendor_completions.d/accelbench.fish",
]
NOT_IN_DEBIAN = [
    "share/doc/accelbench/LICENSE",
    "share/man/man1/accelbench.1",
    "share/zsh/site-functions/_accelbench",
]
ONLY_IN_DEBIAN = [
    "share/doc/accelbench/changelog.gz",
    "share/doc/accelbench/copyright",
    "share/man/man1/accelbench.1.gz",
    "share/zsh/vendor-completions/_accelbench",
]

arguments = None


def call(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", timeout=300, check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return done.stdout


class InstallTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="accelbench-install-")
        self.addCleanup(shutil.rmtree, self.folder)

    def assert_holds(self, prefix, patterns):
        """Under `prefix` are files that match these patterns, one each, and no others."""
        files = sorted(os.path.relpath(os.path.join(where, name), prefix)
                       for where, _, names in os.walk(prefix) for name in names)
        matches = {pattern: fnmatch.filter(files, pattern) for pattern in patterns}
        self.assertEqual({pattern: len(found) for pattern, found in matches.items()},
                         {pattern: 1 for pattern in patterns}, files)
        self.assertEqual(sorted(sum(matches.values(), [])), files)

    def assert_runs(self, program):
        self.assertIn(f"accelbench {arguments.version} ", call(program, "--version"))
        call(program, "--backend", "serial", "matrix_sum", "--size", "64Ki", "--rounds", "2")

    def test_tree(self):
        call("cmake", "--install", arguments.build, "--prefix", "/usr",
             env=dict(os.environ, DESTDIR=self.folder))
        prefix = os.path.join(self.folder, "usr")
        self.assert_holds(prefix, INSTALLED + NOT_IN_DEBIAN)
        self.assert_runs(os.path.join(prefix, "bin", "accelbench"))

    def test_debian_package(self):
        for tool in ("cpack", "dpkg-deb", "dpkg-shlibdeps", "file"):
            if shutil.which(tool) is None:
                self.skipTest(f"no {tool}")
        call("cpack", "--config", os.path.join(arguments.build, "CPackConfig.cmake"), "-G", "DEB",
             "-B", self.folder)
        package, = [name for name in os.listdir(self.folder) if name.endswith(".deb")]
        package = os.path.join(self.folder, package)

        def field(name):
            return call("dpkg-deb", "-f", package, name).strip()

        self.assertEqual(field("Package"), "accelbench")
        self.assertEqual(field("Version"), arguments.version)
        self.assertEqual(field("Architecture"), call("dpkg", "--print-architecture").strip())
        needed = [re.match(r"[a-z0-9.+-]+", name).group() for name in field("Depends").split(", ")]
        for library in ("libc6", "libhwloc15"):
            self.assertIn(library, needed)
        for optional in ("ocl-icd-libopencl1", "pocl-opencl-icd"): # opened where they are there
            self.assertNotIn(optional, needed)
            self.assertIn(optional, field("Recommends") + " " + field("Suggests"))
        for line in call("dpkg-deb", "-c", package).splitlines():
            self.assertRegex(line, r"^(drwxr-xr-x|-rwxr-xr-x|-rw-r--r--) root/root ")

        unpacked = os.path.join(self.folder, "unpacked")
        call("dpkg-deb", "-x", package, unpacked)
        self.assertEqual(os.listdir(unpacked), ["usr"])
        prefix = os.path.join(unpacked, "usr")
        self.assert_holds(prefix, INSTALLED + ONLY_IN_DEBIAN)
        self.assert_runs(os.path.join(prefix, "bin", "accelbench"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--version", required=True)
    arguments, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
