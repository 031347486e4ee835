#!/usr/bin/env python3
"""The program with backend cuda on the host: what its users are told about GPUs, drivers, failures,
throttling, cold caches and overlapped transfers."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

from cli import CliTest, environment, main  # noqa: E402

# cudaError_t, with the words of tests/cuda_host/runtime.cc for it
INSUFFICIENT_DRIVER, LAUNCH_TIMEOUT = 35, 702
MATRIX = ["matrix_sum", "--rows", "40", "--cols", "50"]
QUICK = ["--rounds", "2", "--min-time", "0.0001"]
CUDA = ["--backend", "cuda", "--baseline", "none"]


def with_nvml(**changes):
    """The environment with an NVML in it."""
    return environment(LD_LIBRARY_PATH=os.environ["NVML_FOLDER"], **changes)


def rows_of(document, backend="cuda"):
    return [row for row in document["benchmarks"]
            if row["run_type"] == "iteration" and row["accelbench"]["backend"] == backend]


class DeviceTest(CliTest):
    def device(self, **options):
        backends = {b["name"]: b for b in self.measure_json("list", **options)["backends"]}
        return backends["cuda"]["devices"][0]["detail"]

    def test_list_and_doctor(self):
        seen = ["sm_90", "L2 1 MiB", "ECC off", "driver 13.0", "PCI 0000:00:00.0",
                "SM clock 345 of 1980 MHz", "memory clock 2600 of 3201 MHz", "71 of 700 W", "34 C",
                "PCIe gen 1 x16 (up to gen 5)", "persistence off"]
        detail = self.device(env=with_nvml())
        for words in seen:
            self.assertIn(words, detail)
        text = " ".join(self.measure("doctor", env=with_nvml()).text.split())
        for words in seen:
            self.assertIn(words, text)

    def test_reasons(self):
        self.assertNotIn("held back", self.device(env=with_nvml(CUDA_HOST_THROTTLE="1")))
        self.assertIn("clocks held back by power cap and heat (hardware)",
                      self.device(env=with_nvml(CUDA_HOST_THROTTLE="44")))

    def test_without_nvml(self):
        self.assertIn("no NVML", self.device(env=environment(LD_LIBRARY_PATH=None)))

    def test_no_driver(self):
        env = environment(CUDA_HOST_DEVICES=str(-INSUFFICIENT_DRIVER))
        self.assert_refused(3, [*CUDA, *MATRIX], "cuda is not available: built, no NVIDIA driver (",
                            env=env)
        self.assertIn("built, no NVIDIA driver", " ".join(self.measure("list", env=env).text.split()))
        self.assertIn("built, no NVIDIA driver", " ".join(self.measure("doctor", env=env).text.split()))
        document = self.measure_json(*QUICK, "--backend", "all", *MATRIX, env=env)
        self.assertTrue(rows_of(document, "serial"))
        self.assertFalse(rows_of(document))

    def test_technique_of_cuda_only(self):
        self.assert_refused(3, ["traversal", "--technique", "warp"], "'warp'", "no usable NVIDIA GPU",
                            env=environment(CUDA_HOST_DEVICES="0"))

    def test_no_gpu(self):
        self.assert_refused(3, [*CUDA, *MATRIX], "no usable NVIDIA GPU",
                            env=environment(CUDA_HOST_DEVICES="0"))


class FailureTest(CliTest):
    def test_run_goes_on(self):
        """A kernel that the watchdog ends costs its own row."""
        env = environment(CUDA_HOST_FAIL_WORK=f"9,{LAUNCH_TIMEOUT}")
        result = self.run_program(*QUICK, "--format", "json", "--backend", "serial,cuda", *MATRIX,
                                  env=env)
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "matrix_sum on cuda: CUDA: matrix_sum tuned on 40 x 50 i32: ",
                             "the launch timed out and was terminated", "another --device")
        self.assertTrue(all("error_message" not in row for row in rows_of(result.json, "serial")))
        self.assertTrue(any(row.get("error_occurred") for row in result.json["benchmarks"]))

    def test_no_memory(self):
        result = self.run_program(*QUICK, *CUDA, *MATRIX,
                                  env=environment(ACCELBENCH_CUDA_MEMORY_LIMIT="100"))
        self.assertEqual(result.status, 1)
        self.assert_one_line(result.err, "bytes of device memory", "ACCELBENCH_CUDA_MEMORY_LIMIT")


    def test_memory_limit_that_is_no_size(self):
        limit = "ACCELBENCH_CUDA_MEMORY_LIMIT"
        self.assert_refused(2, [*QUICK, *MATRIX], "cuda", limit, env=environment(**{limit: "abc"}))
        self.measure(*QUICK, *CUDA, *MATRIX, env=environment(**{limit: ""}))


class SampleTest(CliTest):
    def summaries(self, *args, **options):
        document = self.measure_json(*QUICK, *CUDA, *args, *MATRIX, **options)
        return document["accelbench"]["summaries"]

    def test_throttled_samples_are_taken_again(self):
        for summary in self.summaries(env=with_nvml(CUDA_HOST_THROTTLE="8,40,0")):
            # the script of the clocks begins anew with each worker, and there is one a round
            self.assertEqual(summary["discarded"], 2 * summary["n"])
            self.assertEqual(summary["throttled"], 0)

    def test_what_is_no_throttling(self):
        for summary in self.summaries(env=with_nvml(CUDA_HOST_THROTTLE="113")):
            self.assertEqual((summary["discarded"], summary["throttled"]), (0, 0))

    def test_throttling_without_end(self):
        env = with_nvml(CUDA_HOST_THROTTLE="4")
        text = self.measure("--rounds", "1", "--min-time", "0.0001", *CUDA, *MATRIX, env=env).text
        self.assertIn(
            "taken again because the device was throttled, some in vain", " ".join(text.split())
        )

    def test_cold(self):
        """Of any size: a device's cache is emptied, not filled with copies."""
        document = self.measure_json(*QUICK, *CUDA, "--cache", "cold", *MATRIX)
        for row in rows_of(document):
            self.assertIn(".cold_cuda/", row["name"])

    def test_overlap(self):
        document = self.measure_json(*QUICK, *CUDA, "--technique", "tuned,simple", *MATRIX)
        for row in rows_of(document):
            self.assertEqual(row["accelbench"]["overlapped"], row["accelbench"]["technique"] == "tuned")
        text = " ".join(self.measure(*QUICK, *CUDA, *MATRIX).text.split())
        self.assertRegex(text, r"computes at the same time, in \d+ % of the sum: in .* kernel .* out")

    def test_streamed(self):
        """What does not fit goes through in pieces, and its transfers have no time of their own."""
        small = environment(ACCELBENCH_CUDA_MEMORY_LIMIT="1Mi")
        document = self.measure_json(*QUICK, *CUDA, "--technique", "tuned,simple", "matrix_sum",
                                     "--size", "4Mi", env=small)
        for row in rows_of(document):
            own = row["accelbench"]
            self.assertTrue(own["overlapped"])
            self.assertIsNone(own["phases_ns"]["h2d"])
            self.assertGreater(own["phases_ns"]["kernel"], 0)
        text = self.measure(*QUICK, *CUDA, "matrix_sum", "--size", "4Mi", env=small).text
        self.assertNotIn("of the sum", text)

    def test_kernel_against_its_limit(self):
        document = self.measure_json(*QUICK, *CUDA, "matrix_sum", "--size", "17M")
        kernels = [s for s in document["accelbench"]["summaries"] if ".kernel" in s["name"]]
        self.assertEqual(len(kernels), 1)
        self.assertGreater(kernels[0]["limit_fraction"], 0)
        rate = 1e9 * kernels[0]["input_bytes"] / kernels[0]["median_ns"]
        limit = kernels[0]["limit_bytes_per_second"]  # of the kernel, not of the transfers
        self.assertAlmostEqual(rate / limit, kernels[0]["limit_fraction"], places=6)
        text = self.measure(*QUICK, *CUDA, "matrix_sum", "--size", "17M").text
        self.assertRegex(text, r"% +kernel only")


class EnergyRefusalTest(CliTest):
    def refused(self, status, args, *mentions, env=None):
        with self.subTest(args=args):
            result = self.run_program("--energy", *QUICK, *args, *MATRIX, env=env or with_nvml())
            self.assertEqual(result.status, status)
            self.assert_one_line(result.err, "--energy", *mentions)

    def test_no_counter(self):
        self.refused(2, ["--backend", "cuda,serial"], "serial has no energy counter")
        self.refused(1, CUDA, "no energy counter that NVML knows", env=environment())
        self.refused(1, CUDA, "no energy counter that NVML knows",
                     env=with_nvml(CUDA_HOST_ENERGY="none"))
        self.refused(1, [], "no backend that works here has an energy counter",
                     env=environment(CUDA_HOST_DEVICES="0"))

    def test_short_windows(self):
        self.refused(2, [*CUDA, "--max-seconds", "10"], "two windows of 5 s", "--max-seconds")
        self.refused(2, [*CUDA, "--budget", "10"], "two windows of 5 s", "--budget")
        self.refused(2, [*CUDA, "--deadline", "10"], "--deadline")


if __name__ == "__main__":
    main()
