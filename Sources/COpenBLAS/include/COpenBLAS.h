#ifndef GRACE_COPENBLAS_H
#define GRACE_COPENBLAS_H

#include <stdbool.h>

/// Loads libopenblas on first use; later calls return at once. Returns true when it is ready.
///
/// The library picks its kernels while it is being loaded, and Debian's 0.3.21 takes CPUs newer than itself for
/// Haswell. So it is opened at run time, after OPENBLAS_CORETYPE has been set to SkylakeX on a CPU with AVX-512
/// (an OPENBLAS_CORETYPE that the user has set is left alone). Each call runs on the calling thread only:
/// callers divide the work among threads themselves, so results do not depend on OpenBLAS's own threading.
bool grace_blas_load(void);

/// Why `grace_blas_load` returned false, for people.
const char *grace_blas_error(void);

/// The name of the kernels in use, such as "SkylakeX"; empty before a successful load.
const char *grace_blas_core_name(void);

/// The file that the library was loaded from; empty before a successful load.
const char *grace_blas_library(void);

/// C[m, n] = alpha * op(A) * op(B) + beta * C, row-major, as cblas_sgemm defines it.
void grace_sgemm(
    bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b,
    int ldb, float beta, float *c, int ldc);

#endif
