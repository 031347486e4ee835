"""Backend opencl as its users meet it: devices, what cannot work and why, and the kept programs."""

import os
import stat
import time

import cli
from cli import SMALL, AnswerTest, environment

ONLY = ["--backend", "opencl", "--baseline", "none"]
FNV_PRIME = 0x00000100000001B3
FNV_START = 0xCBF29CE484222325


def is_pocl():
    return "POCL_CACHE_DIR" in os.environ and os.path.exists("/etc/OpenCL/vendors/pocl.icd")


def why_not():
    """The reason to skip everything."""
    probe = AnswerTest("run")
    probe.devices = True
    probe.setUp()
    backends = {b["name"]: b for b in probe.measure_json("list")["backends"]}
    probe.doCleanups()
    opencl = backends["opencl"]
    return None if opencl["available"] else opencl["reason"]


class OpenclTest(AnswerTest):
    devices = True

    def folder_in(self, name):
        os.mkdir(self.path(name))
        return self.path(name)

    def rows(self, document):
        return [row for row in document["benchmarks"] if row["run_type"] == "iteration"]


class Devices(OpenclTest):
    def test_what_is_told(self):
        for command in ("list", "doctor"):
            backends = {b["name"]: b for b in self.measure_json(command)["backends"]}
            devices = backends["opencl"]["devices"]
            self.assertEqual([d["number"] for d in devices], list(range(len(devices))))
            for device in devices:
                self.assertTrue(device["name"])
                self.assertRegex(
                    device["detail"],
                    r"^(CPU|GPU|accelerator|device), .+, driver .+, \d+ compute units, "
                    r"[\d.]+ [kMGT]?B( shared with the host)?, largest allocation [\d.]+ [kMGT]?B, "
                    r"(no )?fp64, (no )?64-bit atomics, timer step \d+ ns$",
                )
            text = " ".join(self.measure(command).text.split())
            for number, device in enumerate(devices):
                self.assertIn(f"opencl:{number}", text)
                self.assertIn("timer step", text)

    def test_choice(self):
        if not is_pocl():
            self.skipTest("only PoCL makes two devices of one")
        two = environment(True, POCL_DEVICES="pthread basic")
        listed = {b["name"]: b for b in self.measure_json("list", env=two)["backends"]}
        names = [device["name"] for device in listed["opencl"]["devices"]]
        self.assertEqual(len(set(names)), 2, names)
        for device, index in [
            ("0", 0), ("1", 1), ("opencl:1", 1), (names[0], 0), (names[1], 1),
            (f"opencl:{names[1].upper()}", 1), ("BASIC", int("basic" in names[1])),
        ]:  # fmt: skip
            with self.subTest(device=device):
                document = self.measure_json(
                    "matrix_sum", *SMALL, *ONLY, "--device", device, env=two
                )
                rows = self.rows(document)
                self.assertEqual({row["accelbench"]["device"] for row in rows}, {names[index]})
                part = "" if index == 0 else "." + device.removeprefix("opencl:")
                self.assertIn(f"matrix_sum{part}_opencl", rows[0]["name"])
        command = ["matrix_sum", *SMALL, *ONLY, "--device"]
        self.assert_refused(
            3, [*command, "2"], "no OpenCL device 2, only 0 to 1", "accelbench list", env=two
        )
        self.assert_refused(3, [*command, "opencl:99999999999999999999"], "accelbench list", env=two)
        self.assert_refused(
            3, [*command, "no such"], "is named 'no such'", "accelbench list", env=two
        )
        for device, mentions in [("opencl:2", ["only 0 to 1"]), ("nosuch", ["--device nosuch"])]:
            self.assert_refused(
                3, ["matrix_sum", "--device", device], *mentions, "accelbench list", env=two
            )
        same = environment(True, POCL_DEVICES="pthread pthread")
        self.assert_refused(
            3, [*command, "pthread"], "2 OpenCL devices are named", "by its number", env=same
        )

    def test_transfers(self):
        copying = environment(True, ACCELBENCH_OPENCL_WITHOUT="shared_memory")
        for env, args, transfer, zero_copy in [
            (copying, [], "pinned", False),
            (copying, ["--transfer", "pageable"], "pageable", False),
            (environment(True), [], "pinned", True),
        ]:
            document = self.measure_json("matrix_sum", *SMALL, *ONLY, *args, env=env)
            for row in self.rows(document):
                own = row["accelbench"]
                self.assertEqual(own["transfer"], transfer)
                if is_pocl():
                    self.assertEqual(own["zero_copy"], zero_copy)
                self.assertEqual(".pageable" in row["name"], transfer == "pageable")
                for phase in ("h2d", "kernel", "d2h", "e2e"):
                    self.assertGreater(own["phases_ns"][phase], 0, phase)
            text = self.measure("matrix_sum", *SMALL, *ONLY, *args, env=env).text
            self.assertRegex(text, r"opencl: set up in \d+\.\d\d s, its programs cached")
            if is_pocl():
                self.assertEqual("in place, without a copy" in " ".join(text.split()), zero_copy)


    def test_cold(self):
        """The cache is written full before each launch of the kernel."""
        document = self.measure_json("matrix_sum", *SMALL, *ONLY, "--cache", "cold")
        for row in self.rows(document):
            self.assertIn(".cold", row["name"])
            self.assertEqual(row["accelbench"]["cache"], "cold")
            self.assertGreater(row["accelbench"]["phases_ns"]["kernel"], 0)


class Answers(OpenclTest):
    BOTH = ["--backend", "serial,opencl"]

    def test_every_kind(self):
        self.answer("matrix_sum", *self.BOTH, "--rows", "70", "--cols", "90", "--technique", "all")
        for order in ("row", "column", "tiled"):
            self.answer(
                "traversal", *self.BOTH, "--order", order, "--rows", "70", "--cols", "90", "--dtype", "i64"
            )
        for task in ("total", "frequency"):
            for rule in ("unicode", "ascii"):
                self.answer(
                    "word_count", *self.BOTH, "--task", task, "--rule", rule, "--size", "50k"
                )

    def test_pieces(self):
        little = environment(True, ACCELBENCH_OPENCL_LARGEST="1Mi")
        self.answer("matrix_sum", *self.BOTH, "--size", "3M", env=little)
        self.answer("word_count", *self.BOTH, "--size", "700k", env=little)

    def test_without_double(self):
        args = ["matrix_sum", *SMALL, *ONLY]
        poor = environment(True, ACCELBENCH_OPENCL_WITHOUT="fp64,int64_atomics")
        result = self.run_program(*args, "--dtype", "f64", "--format", "json", env=poor)
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "opencl", "cl_khr_fp64", "--dtype f32")
        self.assertEqual(
            [row["accelbench"]["verify"]["status"] for row in result.json["benchmarks"]],
            ["not_run"],
        )
        self.measure(*args, "--dtype", "f32", env=poor)


class Limits(OpenclTest):
    def limits(self, **variables):
        little = environment(True, ACCELBENCH_MEMORY_LIMIT="64Mi", **variables)
        devices = self.measure_json("limits", env=little)["limits"]["devices"]
        (opencl,) = [device for device in devices if device["backend"] == "opencl"]
        for key in ("launch_ns", "next_launch_ns", "read_bytes_per_second"):
            self.assertGreater(opencl[key], 0, key)
        return opencl, [opencl[f"{kind}_bytes_per_second"] for kind in ("pinned", "pageable")]

    def test_copied(self):
        opencl, transfers = self.limits(ACCELBENCH_OPENCL_WITHOUT="shared_memory")
        self.assertFalse(opencl["zero_copy"])
        for speed in transfers:
            self.assertGreater(speed, 0)

    def test_in_place(self):
        opencl, transfers = self.limits()
        if not opencl["zero_copy"]:
            self.skipTest("this device has memory of its own")
        self.assertEqual(transfers, [None, None])


class Threads(OpenclTest):
    """PoCL's, of which the n-th is bound to CPU n where that may be, and the user has not said no."""

    def setUp(self):
        super().setUp()
        self.all = frozenset(range(os.cpu_count()))
        if not is_pocl():
            self.skipTest("this is about PoCL")
        if len(self.all) == 1 or os.sched_getaffinity(0) != self.all:
            self.skipTest("not all CPUs may be used here, or there is only one")

    def masks(self, process):
        """The sets of CPUs that the program's threads may use, each once; and how many threads."""
        found = []
        for thread in os.listdir(f"/proc/{process.pid}/task"):
            try:
                found.append(frozenset(os.sched_getaffinity(int(thread))))
            except ProcessLookupError:  # it has ended meanwhile
                pass
        return set(found), len(found)

    def assert_masks(self, cpus, expected, **changes):
        """Of a program that measures on these CPUs, sooner or later, and then for a second."""
        process = self.start(
            "--in-process", *ONLY, "matrix_sum", "--size", "16Ki", "--rounds", "100000",
            "--max-seconds", "600",
            env=environment(True, **{"POCL_AFFINITY": None, **changes}),
            preexec_fn=lambda: os.sched_setaffinity(0, cpus),
        )  # fmt: skip
        begin, masks = time.monotonic(), None
        while masks != expected and time.monotonic() - begin < 60:
            time.sleep(0.2)
            self.assertIsNone(process.poll(), "it has ended")
            masks, threads = self.masks(process)
            masks = masks if threads > len(cpus) else None  # not all have been started
        time.sleep(1)
        self.assertEqual(self.masks(process)[0], expected)

    def test_bound(self):
        each = {frozenset([cpu]) for cpu in self.all}
        waiting = {self.all}  # the thread that the others work for
        self.assert_masks(self.all, each | waiting)

    def test_not_wanted(self):
        self.assert_masks(self.all, {self.all}, POCL_AFFINITY="0")

    def test_not_possible(self):
        last = frozenset([max(self.all)])
        self.assert_masks(last, {last})


class Absence(OpenclTest):
    COMMAND = ["matrix_sum", *SMALL, *ONLY]

    def assert_absent(self, env, *mentions):
        self.assert_refused(3, self.COMMAND, "opencl is not available", *mentions, env=env)
        backends = {b["name"]: b for b in self.measure_json("list", env=env)["backends"]}
        self.assertFalse(backends["opencl"]["available"])
        for mention in mentions:
            self.assertIn(mention, backends["opencl"]["reason"])
        others = self.measure_json("matrix_sum", *SMALL, env=env)
        found = {row["accelbench"]["backend"] for row in self.rows(others)}
        self.assertTrue("serial" in found and "opencl" not in found, found)

    def test_no_loader(self):
        self.assert_absent(
            environment(True, ACCELBENCH_OPENCL_LIBRARY="/no/such/library"),
            "no OpenCL loader", "/no/such/library", "ocl-icd-libopencl1", "pocl-opencl-icd",
        )  # fmt: skip

    def test_not_a_loader(self):
        self.assert_absent(
            environment(True, ACCELBENCH_OPENCL_LIBRARY="libm.so.6"), "libm.so.6 lacks clGetPlatformIDs"
        )

    def test_no_driver(self):
        self.assert_absent(
            environment(True, OCL_ICD_VENDORS=self.folder_in("none")),
            "no driver", "pocl-opencl-icd", "OCL_ICD_VENDORS", "clGetPlatformIDs",
            "CL_PLATFORM_NOT_FOUND_KHR (-1001)",
        )  # fmt: skip

    def test_broken_driver(self):
        vendors = self.folder_in("vendors")
        self.write("vendors/broken.icd", "/no/such/driver.so\n")
        self.assert_absent(environment(True, OCL_ICD_VENDORS=vendors), "no driver that works")

    def test_broken_driver_beside_a_good_one(self):
        if not is_pocl():
            self.skipTest("the good one is PoCL")
        vendors = self.folder_in("vendors")
        self.write("vendors/a.icd", "/no/such/driver.so\n")
        with open("/etc/OpenCL/vendors/pocl.icd", encoding="ascii") as file:
            self.write("vendors/b.icd", file.read())
        self.measure(*self.COMMAND, env=environment(True, OCL_ICD_VENDORS=vendors))

    def test_driver_without_its_cache(self):
        if not is_pocl():
            self.skipTest("this is about PoCL")
        self.assert_absent(environment(True, POCL_CACHE_DIR="/dev/null/cache"), "POCL_CACHE_DIR")

    def test_failed_build(self):
        if not is_pocl():
            self.skipTest("only PoCL takes options from outside")
        result = self.run_program(
            *self.COMMAND,
            env=environment(True, POCL_EXTRA_BUILD_FLAGS="-Dreturn=no_such_word",
                POCL_CACHE_DIR=self.folder_in("pocl"),
                XDG_CACHE_HOME=self.folder_in("cache"),
            ),
        )
        log, _, last = result.err.rstrip("\n").rpartition("\n")
        self.assertEqual(result.status, 1)
        self.assertIn("no_such_word", log)
        self.assertRegex(
            last,
            r"^accelbench: matrix_sum on opencl: .* cannot build .*'-cl-std=CL1.2 -w -DI32 .*stderr: "
            r"clBuildProgram: CL_BUILD_PROGRAM_FAILURE \(-11\), at program.c:\d+$",
        )


class Cache(OpenclTest):
    """Programs are kept, and a cache that cannot be used costs time only."""

    def setUp(self):
        super().setUp()
        self.env = environment(True, XDG_CACHE_HOME=self.folder_in("cache"))

    def program_cache(self, *args, **options):
        options.setdefault("env", self.env)
        args = args or ("matrix_sum", "--dtype", "i32")
        document = self.measure_json(*args, "--size", "9k", *SMALL[4:], *ONLY, **options)
        (found,) = {s["program_cache"] for s in document["accelbench"]["summaries"]}
        return found

    def kept(self):
        """Without the read limit's, which is the only one here that is made for i64."""
        folder = self.path("cache/accelbench")
        paths = sorted(os.path.join(folder, name) for name in os.listdir(folder))
        return [path for path in paths if not self.is_limit(path)]

    def is_limit(self, path):
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            return b" -DI64 " in file.read()

    def test_cold_and_warm(self):
        self.assertEqual(self.program_cache(), "cold")
        self.assertEqual(self.program_cache(), "warm")
        (first,) = self.kept()
        self.assertRegex(first, r"/opencl-[0-9a-f]{16}\.bin$")
        self.assertEqual(stat.S_IMODE(os.stat(first).st_mode) & 0o077, 0)
        # other options, another source
        for args in (["matrix_sum", "--dtype", "f32"], ["traversal", "--dtype", "i32"]):
            self.assertEqual(self.program_cache(*args), "cold")
            self.assertEqual(self.program_cache(*args), "warm")
        self.assertEqual(len(self.kept()), 3)
        # another device
        if is_pocl():
            self.assertEqual(
                self.program_cache(env={**self.env, "POCL_DEVICES": "basic"}), "cold"
            )
            self.assertEqual(len(self.kept()), 4)

    def damage(self, content, how):
        with open(self.kept()[0], "wb") as file:
            file.write(content)
        self.assertEqual(self.program_cache(), "cold", how)
        self.assertEqual(self.program_cache(), "warm", how)
        self.assertEqual(len(self.kept()), 1)

    def test_damage(self):
        self.assertEqual(self.program_cache(), "cold")
        with open(self.kept()[0], "rb") as file:
            whole = file.read()
        key_bytes = whole.index(b"\0") + 1
        self.assertIn(b"-cl-std=CL1.2 -w -DI32", whole[:key_bytes])
        self.damage(b"", "empty")
        self.damage(whole[: len(whole) // 2], "cut")
        self.damage(whole[:-1] + bytes([whole[-1] ^ 1]), "a bit flipped at the end")
        self.damage(bytes([whole[0] ^ 1]) + whole[1:], "a bit flipped in the key")
        self.damage(whole[:key_bytes], "nothing but the key")
        binary = b"no driver takes this"
        checksum = FNV_START
        for byte in binary:
            checksum = (checksum ^ byte) * FNV_PRIME % 2**64
        self.damage(whole[:key_bytes] + checksum.to_bytes(8, "little") + binary, "not a binary")

    def test_no_place(self):
        for place in ("/dev/null", "/proc", "relative"):
            env = environment(True, XDG_CACHE_HOME=place, HOME="/proc")
            self.assertEqual(self.program_cache(env=env), "cold", place)
        env = environment(True, XDG_CACHE_HOME=None, HOME=None)
        self.assertEqual(self.program_cache(env=env), "cold")
        home = environment(True, XDG_CACHE_HOME=None, HOME=self.folder_in("home"))
        self.assertEqual(self.program_cache(env=home), "cold")
        self.assertEqual(self.program_cache(env=home), "warm")
        self.assertEqual(os.listdir(self.path("home/.cache")), ["accelbench"])

    def test_a_folder_in_its_place(self):
        self.assertEqual(self.program_cache(), "cold")
        (file,) = self.kept()
        os.remove(file)
        os.makedirs(os.path.join(file, "inside"))
        self.assertEqual(self.program_cache(), "cold")
        self.assertEqual(self.kept(), [file])  # no temporary file either


if __name__ == "__main__":
    cli.main(why_not)
