// For dladdr.
#define _GNU_SOURCE

#include "COpenBLAS.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// cblas.h's enumerations, fixed by the CBLAS standard.
enum { row_major = 101, no_transpose = 111, transpose = 112 };

typedef void (*sgemm_function)(
    int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b,
    int ldb, float beta, float *c, int ldc);

static sgemm_function sgemm;
static char core_name[64];
static char library_path[PATH_MAX];
static char error_text[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool cpu_has_avx512(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

static void load(void) {
    if (cpu_has_avx512()) setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(error_text, sizeof error_text, "%s", dlerror());
        return;
    }
    sgemm_function found = (sgemm_function)dlsym(library, "cblas_sgemm");
    if (!found) {
        snprintf(error_text, sizeof error_text, "%s", dlerror());
        return;
    }
    char *(*corename)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
    if (corename) snprintf(core_name, sizeof core_name, "%s", corename());
    void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
    if (set_threads) set_threads(1);
    Dl_info place;
    if (dladdr((void *)found, &place) && place.dli_fname)
        snprintf(library_path, sizeof library_path, "%s", place.dli_fname);
    sgemm = found;
}

bool grace_blas_load(void) {
    pthread_once(&once, load);
    return sgemm != NULL;
}

const char *grace_blas_error(void) { return error_text; }

const char *grace_blas_core_name(void) { return core_name; }

const char *grace_blas_library(void) { return library_path; }

void grace_sgemm(
    bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b,
    int ldb, float beta, float *c, int ldc) {
    sgemm(
        row_major, transpose_a ? transpose : no_transpose, transpose_b ? transpose : no_transpose, m, n, k, alpha, a,
        lda, b, ldb, beta, c, ldc);
}
