#!/usr/bin/env python3
"""Causal convolutions in PyTorch, as the baseline of long-convolution models does them: every call pads and transforms data and kernel,
multiplies, transforms back and crops. With transforms of complex numbers (torch.fft.fft of real data) and of real ones (rfft), with and
without gates, fp32, one kernel for all arrays; the last variant keeps the kernel's transform. Medians of 20 calls and more by CUDA events.
The sizes are those of gpu_bench_fftconv; a short table last.

    bench_pytorch.py [--short]
"""

import statistics
import sys

try:
    import torch
except ImportError:
    print("PyTorch is not installed here")
    sys.exit(0)

ARRAY_BYTES = 1 << 30


def complex_convolution(u, k, length):
    n = 2 * length
    spectrum = torch.fft.fft(k.float(), n=n) / n
    return torch.fft.ifft(torch.fft.fft(u.float(), n=n) * spectrum, norm="forward").real[..., :length]


def real_convolution(u, k, length):
    n = 2 * length
    spectrum = torch.fft.rfft(k.float(), n=n) / n
    return torch.fft.irfft(torch.fft.rfft(u.float(), n=n) * spectrum, n=n, norm="forward")[..., :length]


def milliseconds(call, least=20):
    call()
    torch.cuda.synchronize()
    times = []
    while len(times) < least:
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        call()
        end.record()
        end.synchronize()
        times.append(begin.elapsed_time(end))
    return statistics.median(times)


def in_chunks(call, chunks):
    """Complex transforms of all arrays at once want more memory than there is: the same arrays in several calls."""
    return lambda: [call(chunk) for chunk in chunks]


def main():
    if not torch.cuda.is_available():
        print("PyTorch sees no GPU here")
        return
    lengths = [512, 2048, 8192] if "--short" in sys.argv[1:] else [256 << i for i in range(8)]
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, CUDA {torch.version.cuda}; fp32, {ARRAY_BYTES >> 20} MB of data")
    rows = []
    for length in lengths:
        arrays = ARRAY_BYTES // 4 // length
        u = torch.randn(arrays, length, device="cuda")
        v, w = torch.randn_like(u), torch.randn_like(u)
        k = torch.randn(length, device="cuda") / (1 + torch.arange(length, device="cuda"))
        kept = torch.fft.rfft(k, n=2 * length) / (2 * length)
        index = torch.arange(arrays, device="cuda").chunk(8)
        parts = [(u[i[0] : i[-1] + 1], v[i[0] : i[-1] + 1], w[i[0] : i[-1] + 1]) for i in index]
        n = 2 * length
        variants = [
            lambda p: complex_convolution(p[0], k, length),
            lambda p: p[1] * complex_convolution(p[0] * p[2], k, length),
            lambda p: real_convolution(p[0], k, length),
            lambda p: p[1] * real_convolution(p[0] * p[2], k, length),
            lambda p: torch.fft.irfft(torch.fft.rfft(p[0], n=n) * kept, n=n, norm="forward")[..., :length],
        ]
        rows.append((length, arrays, [milliseconds(in_chunks(variant, parts)) for variant in variants]))
        del u, v, w, parts
        torch.cuda.empty_cache()
    print(f"{'ms':>8} {'arrays':>9} {'fft':>9} {'gated':>9} {'rfft':>9} {'gated':>9} {'kept':>9}")
    for length, arrays, times in rows:
        print(f"{length:8d} {arrays:9d} " + " ".join(f"{time:9.3f}" for time in times))


if __name__ == "__main__":
    main()
