/*
 * A disk with faults, preloaded into the daemon: while the file named by FAULTS
 * holds a word, every write below the directory named by FAULTS_BELOW fares so.
 *
 * It knows nothing of SQLite. Why not a real device: a file system cannot be made
 * read-only under a file that is open for writing, nor a disk be made to hang at will.
 *
 * readonly: opening for writing and writing fail with EROFS. broken: with EIO.
 * hang: syncing does not return.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int (*really_open)(const char *, int, ...);
static ssize_t (*really_pwrite)(int, const void *, size_t, off_t);
static int (*really_sync)(int);

__attribute__((constructor)) static void begin(void)
{
    really_open = dlsym(RTLD_NEXT, "open");
    really_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    really_sync = dlsym(RTLD_NEXT, "fdatasync");
}

/* The word that holds now, as its first letter; 0: all is well. */
static char fault(void)
{
    const char *name = getenv("FAULTS");
    char word = 0;
    int file = name ? really_open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return 0;
    if (read(file, &word, 1) != 1)
        word = 0;
    close(file);
    return word;
}

static int is_below(const char *path)
{
    const char *directory = getenv("FAULTS_BELOW");
    return directory && strncmp(path, directory, strlen(directory)) == 0;
}

static int is_below_fd(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_below(path);
}

/* Sets errno when a write fails now. */
static int fails(void)
{
    switch (fault()) {
    case 'r':
        errno = EROFS;
        return 1;
    case 'b':
        errno = EIO;
        return 1;
    default:
        return 0;
    }
}

static int opens(const char *path, int flags, mode_t mode)
{
    int writes = (flags & O_ACCMODE) != O_RDONLY;
    if (writes && is_below(path) && fault() == 'r') {
        errno = EROFS;
        return -1;
    }
    return really_open(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opens(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opens(path, flags, mode);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    return is_below_fd(fd) && fails() ? -1 : really_pwrite(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t at)
{
    return is_below_fd(fd) && fails() ? -1 : really_pwrite(fd, bytes, count, at);
}

int fdatasync(int fd)
{
    while (is_below_fd(fd) && fault() == 'h')
        usleep(10000);
    return is_below_fd(fd) && fault() == 'b' ? (errno = EIO, -1) : really_sync(fd);
}

int fsync(int fd)
{
    return fdatasync(fd);
}
