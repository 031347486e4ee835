#include <inttypes.h>
#include <math.h>

#include "bench/escape.h"
#include "bench/report_files.h"

/* Empty where there is none. */
static void add_number(struct text *text, double value)
{
    if (isfinite(value))
        text_add(text, ",%.15g", value);
    else
        text_add(text, ",");
}

static void add_comparison(struct text *text, const struct point *point, enum against against)
{
    const struct comparison *c = &point->comparison[against];
    const struct point *base = point->base[against];
    text_add(text, ",");
    text_add_csv(text, base == NULL ? "" : base->series->name);
    add_number(text, c->ratio);
    add_number(text, c->ci.low);
    add_number(text, c->ci.high);
    text_add(text, ",%s", base == NULL ? "" : finding_name(c->finding));
}

static void add_point(struct text *text, const struct problem_view *problem,
                      const struct line *line, const struct point *point)
{
    const struct results_series *s = point->series;
    const char *const texts[] = {
        point->results->file, s->name,   problem->kernel, problem->labels, s->backend,
        s->technique,         s->device, s->transfer,     s->cache};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        text_add(text, "%s", i == 0 ? "" : ",");
        text_add_csv(text, texts[i]);
    }
    text_add(text, ",%s", line->kernel_only ? "kernel" : "e2e");
    add_number(text, point->bytes);
    text_add(text, ",%zu", s->summary.n);
    const double numbers[] = {
        s->summary.median,      s->summary.ci.low,      s->summary.ci.high,
        s->summary.min,         s->summary.p95,         point->rate,
        s->limit_fraction,      s->phase_ns[PHASE_H2D], s->phase_ns[PHASE_KERNEL],
        s->phase_ns[PHASE_D2H],
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        add_number(text, numbers[i]);
    add_comparison(text, point, AGAINST_REFERENCE);
    add_comparison(text, point, AGAINST_BEST_CPU);
    text_add(text, "\n");
}

void report_files_csv(const struct findings *findings, struct text *text)
{
    text_add(text, "file,name,kernel,labels,backend,technique,device,transfer,cache,phase,"
                   "input_bytes,n,median_ns,ci_low_ns,ci_high_ns,min_ns,p95_ns,bytes_per_second,"
                   "limit_fraction,h2d_ns,kernel_ns,d2h_ns,reference,speedup,speedup_low,"
                   "speedup_high,verdict,best_cpu,speedup_best_cpu,speedup_best_cpu_low,"
                   "speedup_best_cpu_high,verdict_best_cpu\n");
    for (size_t i = 0; i < findings->problem_count; i++) {
        const struct problem_view *problem = &findings->problems[i];
        for (size_t l = 0; l < problem->line_count; l++)
            for (size_t p = 0; p < problem->lines[l].count; p++)
                add_point(text, problem, &problem->lines[l], &problem->lines[l].points[p]);
    }
}
