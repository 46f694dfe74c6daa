// Python bindings of the reader of symbols, and the checks of what comes through them.
#include "arrays.hpp"
#include "symbols.hpp"

namespace {

using Columns = nb::ndarray<std::int64_t, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;

// Rows of the array that symbols are written to; colors follow.
enum Row {
    kX,
    kY,
    kWidth,
    kHeight,
    kClass,
    kSize,
    kElongation,
    kAngle,
    kColumn,
    kRow,
    kAmplitude,
    kFrequency = 12,
    kColor = 14
};

void fill(const gsi::Symbols& symbols, const Columns& out) {
    const std::size_t n = symbols.cells.size();
    const auto row = [&](int i) { return out.data() + std::size_t(i) * n; };
    const auto copy = [&](const auto& values, int i) { std::copy(values.begin(), values.end(), row(i)); };
    for (std::size_t i = 0; i < n; ++i) {
        const gsi::Cell& cell = symbols.cells[i];
        row(kX)[i] = cell.x, row(kY)[i] = cell.y, row(kWidth)[i] = cell.width, row(kHeight)[i] = cell.height;
    }
    copy(symbols.classes, kClass);
    copy(symbols.sizes, kSize);
    copy(symbols.elongations, kElongation);
    copy(symbols.angles, kAngle);
    copy(symbols.columns, kColumn);
    copy(symbols.rows, kRow);
    for (int part = 0; part < 2; ++part) {
        copy(symbols.amplitudes[part], kAmplitude + part);
        copy(symbols.frequencies[part], kFrequency + part);
    }
    for (std::size_t channel = 0; channel < symbols.colors.size(); ++channel)
        copy(symbols.colors[channel], kColor + int(channel));
}

std::string read_symbols(const nb::bytes& words, int step, int width, int height, const Columns& out) {
    constexpr int most = 1 << 24;
    require(width >= 1 && height >= 1 && width <= most && height <= most, "no such picture");
    require(step >= 0 && step < most, "no such step");
    const int channels = count(out.shape(0)) - kColor, n = count(out.shape(1));
    require(channels == 1 || channels == 3, "colors have 1 or 3 channels");
    require(n >= 1 && n < 1 << 24, "at least one Gaussian, and fewer than 2^24");
    const auto* bytes = static_cast<const std::uint8_t*>(words.data());
    const std::size_t n_bytes = words.size();
    const nb::gil_scoped_release release;
    try {
        fill(gsi::read_symbols(bytes, n_bytes, n, step, width, height, channels), out);
    } catch (const gsi::Corrupt& error) {
        return error.what();
    }
    return "";
}

}  // namespace

void bind_symbols(nb::module_& module) {
    using namespace nb::literals;
    module.def("read_symbols", &read_symbols, "words"_a, "step"_a, "width"_a, "height"_a, nb::arg("out").noconvert(),
               "Read the symbols of Gaussians; return what is wrong with them: see gicodec.symbols.");
}
