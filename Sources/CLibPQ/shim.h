#ifndef CLIBPQ_SHIM_H
#define CLIBPQ_SHIM_H

#include <libpq-fe.h>

/* What a connection's thread needs of Linux and Swift's Glibc module lacks. */

#include <sys/eventfd.h>
#include <sys/prctl.h>

/* A descriptor to wake a thread with; -1 with errno when none is left. */
static inline int clibpq_make_wake_descriptor(void) {
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

static inline void clibpq_wake(int descriptor) {
    (void)eventfd_write(descriptor, 1);
}

static inline void clibpq_clear_wake(int descriptor) {
    eventfd_t count;
    (void)eventfd_read(descriptor, &count);
}

/* Names the calling thread; the kernel takes 15 bytes. prctl is variadic,
   which Swift does not import. */
static inline void clibpq_name_thread(const char *name) {
    (void)prctl(PR_SET_NAME, name, 0, 0, 0);
}

#endif
