#include "opencl/binary_cache.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, BINARY_BYTES_MAX = 256 << 20 };

/* FNV-1a (Fowler, Noll, Vo). The key is compared in full, so the hash only names the file. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *next = bytes;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ next[i]) * 0x00000100000001B3u;
    return hash;
}

#define HASH_START 0xCBF29CE484222325u

/* Everything that decides what a binary is good for; the source by two hashes of it. Owned. */
static char *make_key(const struct opencl_device *d, const struct opencl_source *source,
                      const char *options)
{
    char *key = NULL;
    const int length = asprintf(
        &key, "accelbench 1\n%016llx %016llx %zu\n%s\n%s\n%s\n%s\n%s\n%s\n",
        (unsigned long long)hash_bytes(HASH_START, source->text, source->bytes),
        (unsigned long long)hash_bytes(~HASH_START, source->text, source->bytes), source->bytes,
        options, d->platform_name, d->platform_version, d->name, d->version, d->driver);
    return length < 0 ? NULL : key;
}

/* The folder, made if need be; false: there is no place for one. */
static bool make_folder(char path[PATH_BYTES])
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int length;
    if (cache != NULL && cache[0] == '/')
        length = snprintf(path, PATH_BYTES, "%s", cache);
    else if (home != NULL && home[0] == '/')
        length = snprintf(path, PATH_BYTES, "%s/.cache", home);
    else
        return false;
    if (length >= PATH_BYTES - 64)
        return false;
    mkdir(path, 0700);
    strcat(path, "/accelbench");
    mkdir(path, 0700);
    return true;
}

static bool file_of(const char *key, char path[PATH_BYTES])
{
    if (!make_folder(path))
        return false;
    const size_t used = strlen(path);
    snprintf(path + used, PATH_BYTES - used, "/opencl-%016llx.bin",
             (unsigned long long)hash_bytes(HASH_START, key, strlen(key)));
    return true;
}

/* A file: the key with its NUL, the checksum of the binary, the binary. */
static bool take_apart(const char *key, unsigned char *content, size_t bytes,
                       struct opencl_binary *binary)
{
    const size_t key_bytes = strlen(key) + 1, head_bytes = key_bytes + sizeof(uint64_t);
    uint64_t sum;
    if (bytes <= head_bytes || memcmp(content, key, key_bytes) != 0)
        return false;
    memcpy(&sum, content + key_bytes, sizeof(sum));
    if (sum != hash_bytes(HASH_START, content + head_bytes, bytes - head_bytes))
        return false;
    memmove(content, content + head_bytes, bytes - head_bytes);
    *binary = (struct opencl_binary){content, bytes - head_bytes};
    return true;
}

bool binary_cache_read(const struct opencl_device *device, const struct opencl_source *source,
                       const char *options, struct opencl_binary *binary)
{
    char path[PATH_BYTES], *key = make_key(device, source, options);
    unsigned char *content = NULL;
    bool good = false;
    FILE *file = key != NULL && file_of(key, path) ? fopen(path, "rbe") : NULL;
    struct stat facts;
    if (file != NULL && fstat(fileno(file), &facts) == 0 && S_ISREG(facts.st_mode) &&
        facts.st_size > 0 && facts.st_size <= BINARY_BYTES_MAX) {
        const size_t bytes = (size_t)facts.st_size;
        content = malloc(bytes);
        good = content != NULL && fread(content, 1, bytes, file) == bytes &&
               take_apart(key, content, bytes, binary);
    }
    if (file != NULL)
        fclose(file);
    if (!good)
        free(content);
    free(key);
    return good;
}

bool binary_cache_write(const struct opencl_device *device, const struct opencl_source *source,
                        const char *options, const struct opencl_binary *binary)
{
    char path[PATH_BYTES], temporary[PATH_BYTES + 16], *key = make_key(device, source, options);
    const uint64_t sum = hash_bytes(HASH_START, binary->data, binary->bytes);
    bool good = false;
    if (key != NULL && file_of(key, path)) {
        snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
        const int descriptor = mkostemp(temporary, O_CLOEXEC);
        FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
        if (file != NULL) {
            good = fwrite(key, strlen(key) + 1, 1, file) == 1 &&
                   fwrite(&sum, sizeof(sum), 1, file) == 1 &&
                   fwrite(binary->data, binary->bytes, 1, file) == 1;
            good = fclose(file) == 0 && good;
        } else if (descriptor >= 0) {
            close(descriptor);
        }
        good = good && rename(temporary, path) == 0;
        if (!good && descriptor >= 0)
            unlink(temporary);
    }
    free(key);
    return good;
}
