#include <string.h>

#include "common/accelbench.h"
#include "common/catalog.h"
#include "config.h"

/* Symbols of backends that are not built are never named, so a backend that is built but lacks a
 * kernel is a link error. AB_IF(AB_WITH_X, e) is e or NULL. */
#define AB_IF(with, expression)  AB_IF_(with, expression)
#define AB_IF_(with, expression) AB_IF_##with(expression)
#define AB_IF_1(expression)      expression
#define AB_IF_0(expression)      NULL

#define DECLARE_KERNEL(K)           extern const struct kernel K##_kernel;
#define DECLARE_BACKEND(K, B, F, W) extern const struct backend B##_backend;
#define DECLARE_CELL(K, B, F, W)    extern const struct implementation K##_##B;
#define DECLARE_CELLS(K)            AB_BACKENDS(DECLARE_CELL, K)
AB_KERNELS(DECLARE_KERNEL)
AB_BACKENDS(DECLARE_BACKEND, )
AB_KERNELS(DECLARE_CELLS)

#define KERNEL_ROW(K)           &K##_kernel,
#define BACKEND_ROW(K, B, F, W) {#B, AB_IF(W, &B##_backend), AB_WHY_NOT_##B},
#define CELL(K, B, F, W)        AB_IF(W, &K##_##B),
#define CELL_ROW(K)             {AB_BACKENDS(CELL, K)},

static const struct kernel *const kernels[] = {AB_KERNELS(KERNEL_ROW)};
static const struct backend_entry backends[] = {AB_BACKENDS(BACKEND_ROW, )};

enum {
    KERNELS = sizeof(kernels) / sizeof(kernels[0]),
    BACKENDS = sizeof(backends) / sizeof(backends[0])
};

static const struct implementation *const table[KERNELS][BACKENDS] = {AB_KERNELS(CELL_ROW)};

size_t kernel_count(void)
{
    return KERNELS;
}

const struct kernel *kernel_at(size_t index)
{
    return kernels[index];
}

const struct kernel *find_kernel(const char *name)
{
    for (size_t i = 0; i < KERNELS; i++)
        if (strcmp(kernels[i]->name, name) == 0)
            return kernels[i];
    return NULL;
}

size_t backend_count(void)
{
    return BACKENDS;
}

const struct backend_entry *backend_at(size_t index)
{
    return &backends[index];
}

const struct backend_entry *find_backend(const char *name)
{
    for (size_t i = 0; i < BACKENDS; i++)
        if (strcmp(backends[i].name, name) == 0)
            return &backends[i];
    return NULL;
}

const struct implementation *find_implementation(const struct kernel *kernel,
                                                 const struct backend_entry *backend)
{
    for (size_t i = 0; i < KERNELS; i++)
        if (kernels[i] == kernel)
            return table[i][backend - backends];
    return NULL;
}

const struct technique *techniques_of(const struct implementation *implementation)
{
    static const struct technique none = {0};
    return implementation == NULL || implementation->techniques == NULL
               ? &none
               : implementation->techniques;
}

const struct technique *find_technique(const struct implementation *implementation,
                                       const char *name)
{
    for (const struct technique *t = techniques_of(implementation); t->name != NULL; t++)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

const char *setting_value(const struct settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->list[i].name, name) == 0)
            return settings->list[i].value;
    return NULL;
}
