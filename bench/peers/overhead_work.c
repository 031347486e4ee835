#include "overhead.h"

void work_1us(void)
{
    for (int i = 0; i < 3000; i++)
        __asm__ volatile("");
}

uint64_t sum_numbers(const uint64_t *numbers, size_t bytes)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes / sizeof(*numbers); i++)
        sum += numbers[i];
    return sum;
}

const uint64_t *make_numbers(size_t bytes)
{
    uint64_t *numbers = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    for (size_t i = 0; numbers != NULL && i < bytes / sizeof(*numbers); i++)
        numbers[i] = i;
    return numbers;
}
