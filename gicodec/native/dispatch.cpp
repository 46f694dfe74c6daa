// dispatch: the entry points of every instruction set that this library was compiled for, and which of them this
// machine can run.
#include "render.hpp"

namespace gsi {

#define GSI_DECLARE_KERNELS(isa)                                                                      \
    namespace isa {                                                                                   \
    void forward(const ForwardArgs&, const Tile&);                                                    \
    void backward(const BackwardArgs&, const Splat&, const Wave*, const float* color, Moments&);      \
    void paint(const PaintArgs&, const Splat&, const Wave*, const float* color);                      \
    void correlate(const BackwardArgs&, const Splat&, Products&);                                     \
    void correlate_waves(const BackwardArgs&, const Splat&, const Wave&, WaveProducts&);              \
    void expand(const ExpandRow&);                                                                    \
    void reduce(const ReduceRow&);                                                                    \
    void combine(const CombineArgs&);                                                                 \
    int lanes();                                                                                      \
    static const IsaTable* table() {                                                                  \
        static const IsaTable table = {#isa,      lanes(),         forward, backward, paint,          \
                                       correlate, correlate_waves, expand,  reduce,  combine};        \
        return &table;                                                                                \
    }                                                                                                 \
    }
GSI_DECLARE_KERNELS(baseline)
#ifdef GSI_HAVE_avx2
GSI_DECLARE_KERNELS(avx2)
#endif
#ifdef GSI_HAVE_avx512
GSI_DECLARE_KERNELS(avx512)
#endif

const std::vector<const IsaTable*>& isa_tables() {
    static const std::vector<const IsaTable*> tables = [] {
        std::vector<const IsaTable*> found{baseline::table()};
#ifdef GSI_HAVE_avx2
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(avx2::table());
#endif
#ifdef GSI_HAVE_avx512
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
            found.push_back(avx512::table());
#endif
        return found;
    }();
    return tables;
}

}  // namespace gsi
