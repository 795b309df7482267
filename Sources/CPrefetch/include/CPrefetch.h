#ifndef GRACE_CPREFETCH_H
#define GRACE_CPREFETCH_H

/// Asks for the cache line at an address ahead of its use, into the second-level cache: the first holds what is computed
/// with now. Any address will do: a bad one is passed over.
static inline __attribute__((always_inline)) void grace_prefetch(const void *address) {
    __builtin_prefetch(address, 0, 2);
}

/// The same into the first-level cache.
static inline __attribute__((always_inline)) void grace_prefetch_near(const void *address) {
    __builtin_prefetch(address, 0, 3);
}

#endif
