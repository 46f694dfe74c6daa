// exp, cos, sin and log2 that give the same double on every machine: see format/SPEC.md, section 5, and
// format/exact.py, which computes the same. Compile without contraction of a * b + c into one rounding.
#pragma once
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

namespace gsi::exact {

constexpr double kPi = 0x1.921fb54442d18p+1;

constexpr double factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }

// Coefficients of Taylor series, the highest power first: of x^i / i!, and every other with signs in turn.
constexpr auto kExp = [] {
    std::array<double, 14> c{};
    for (int i = 0; i < 14; ++i) c[i] = 1 / factorial(13 - i);
    return c;
}();
constexpr auto kSin = [] {
    std::array<double, 9> c{};
    for (int i = 0; i < 9; ++i) c[i] = (i % 2 ? -1 : 1) / factorial(17 - 2 * i);
    return c;
}();
constexpr auto kCos = [] {
    std::array<double, 9> c{};
    for (int i = 0; i < 9; ++i) c[i] = (i % 2 ? -1 : 1) / factorial(16 - 2 * i);
    return c;
}();

template <std::size_t N>
double horner(double x, const std::array<double, N>& coefficients) {
    double result = coefficients[0];
    for (std::size_t i = 1; i < N; ++i) result = result * x + coefficients[i];
    return result;
}

// floor(x) for |x| < 2^31: without SSE4, a library's takes a call.
inline double floor(double x) {
    const double whole = double(std::int32_t(x));
    return whole > x ? whole - 1 : whole;
}

// e^x for |x| < 700: so 2^n is a normal double.
inline double exp(double x) {
    const double n = floor(x * 0x1.71547652b82fep+0 + 0.5);
    const double rest = (x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
    return horner(rest, kExp) * std::bit_cast<double>((std::int64_t(n) + 1023) << 52);
}

// The cosine and the sine of 0 <= x < 2 pi.
inline std::pair<double, double> cos_sin(double x) {
    const double n = floor(x * (2 / kPi) + 0.5), rest = x - n * (kPi / 2), square = rest * rest;
    const double cos = horner(square, kCos), sin = rest * horner(square, kSin);
    switch (int(n) % 4) {
        case 0:
            return {cos, sin};
        case 1:
            return {-sin, cos};
        case 2:
            return {-cos, -sin};
        default:
            return {sin, -cos};
    }
}

// Rough: linear between powers of two.
inline double log2(double x) {
    int exponent;
    const double mantissa = std::frexp(x, &exponent);
    return exponent + (2 * mantissa - 2);
}

}  // namespace gsi::exact
