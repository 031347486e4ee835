#include "opencl/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opencl/binary_cache.h"
#include "opencl/context.h"

/* The whole log, on stderr: an error record holds one line. */
static void show_build_log(const struct opencl_context *context, cl_program program)
{
    size_t bytes = 0;
    if (opencl.GetProgramBuildInfo(program, context->device.id, CL_PROGRAM_BUILD_LOG, 0, NULL,
                                   &bytes) != CL_SUCCESS ||
        bytes <= 1)
        return;
    char *log = calloc(1, bytes + 1);
    if (log != NULL && opencl.GetProgramBuildInfo(program, context->device.id, CL_PROGRAM_BUILD_LOG,
                                                  bytes, log, NULL) == CL_SUCCESS)
        fprintf(stderr, "%s\n", log);
    free(log);
}

static enum ab_status build(const struct opencl_context *context, cl_program program,
                            const char *options, struct ab_error *error)
{
    const cl_int code = opencl.BuildProgram(program, 1, &context->device.id, options, NULL, NULL);
    if (code == CL_SUCCESS)
        return AB_OK;
    if (code != CL_BUILD_PROGRAM_FAILURE)
        return CL_CHECK(error, BuildProgram, code);
    struct ab_error why = {0};
    CL_CHECK(&why, BuildProgram, code);
    show_build_log(context, program);
    return ab_fail(error, AB_API,
                   "%s cannot build the OpenCL program with options '%s', its log is on stderr: %s",
                   context->device.platform_name, options, why.message);
}

/* A binary that the driver does not take is as good as none: NULL. */
static cl_program load_binary(const struct opencl_context *context,
                              const struct opencl_program *program)
{
    struct opencl_binary binary;
    if (!binary_cache_read(&context->device, program->source, program->options, &binary))
        return NULL;
    cl_int code = CL_SUCCESS, status = CL_SUCCESS;
    const unsigned char *data = binary.data;
    cl_program made = opencl.CreateProgramWithBinary(context->context, 1, &context->device.id,
                                                     &binary.bytes, &data, &status, &code);
    if (code != CL_SUCCESS)
        made = NULL;
    if (made != NULL &&
        (status != CL_SUCCESS || opencl.BuildProgram(made, 1, &context->device.id, program->options,
                                                     NULL, NULL) != CL_SUCCESS)) {
        opencl.ReleaseProgram(made);
        made = NULL;
    }
    free(binary.data);
    return made;
}

static enum ab_status make(struct opencl_context *context, struct opencl_program *program,
                           struct ab_error *error)
{
    program->program = load_binary(context, program);
    program->was_cached = program->is_cached = program->program != NULL;
    if (program->program != NULL)
        return AB_OK;
    const char *text = (const char *)program->source->text;
    cl_int code = CL_SUCCESS;
    program->program =
        opencl.CreateProgramWithSource(context->context, 1, &text, &program->source->bytes, &code);
    if (code != CL_SUCCESS) {
        program->program = NULL;
        return CL_CHECK(error, CreateProgramWithSource, code);
    }
    return build(context, program->program, program->options, error);
}

static void free_program(struct opencl_program *program)
{
    if (program->program != NULL)
        opencl.ReleaseProgram(program->program);
    free(program->options);
    free(program);
}

enum ab_status opencl_program(struct opencl_context *context, const struct opencl_source *source,
                              const char *options, struct opencl_program **program,
                              struct ab_error *error)
{
    for (*program = context->programs; *program != NULL; *program = (*program)->next)
        if ((*program)->source == source && strcmp((*program)->options, options) == 0)
            return AB_OK;
    struct opencl_program *made = calloc(1, sizeof(*made));
    if (made != NULL)
        made->options = strdup(options);
    if (made == NULL || made->options == NULL) {
        free(made);
        return ab_fail(error, AB_NO_MEMORY, "no memory for an OpenCL program");
    }
    made->source = source;
    const enum ab_status status = make(context, made, error);
    if (status != AB_OK) {
        free_program(made);
        return status;
    }
    made->next = context->programs;
    context->programs = made;
    *program = made;
    return AB_OK;
}

enum ab_status opencl_kernel(struct opencl_program *program, const char *name, cl_kernel *kernel,
                             struct ab_error *error)
{
    cl_int code = CL_SUCCESS;
    *kernel = opencl.CreateKernel(program->program, name, &code);
    if (code != CL_SUCCESS)
        *kernel = NULL;
    return CL_CHECK(error, CreateKernel, code);
}

void opencl_program_keep(struct opencl_context *context, struct opencl_program *program)
{
    size_t bytes = 0;
    if (program->is_cached ||
        opencl.GetProgramInfo(program->program, CL_PROGRAM_BINARY_SIZES, sizeof(bytes), &bytes,
                              NULL) != CL_SUCCESS ||
        bytes == 0)
        return;
    unsigned char *data = malloc(bytes);
    if (data != NULL && opencl.GetProgramInfo(program->program, CL_PROGRAM_BINARIES, sizeof(data),
                                              &data, NULL) == CL_SUCCESS) {
        const struct opencl_binary binary = {data, bytes};
        program->is_cached =
            binary_cache_write(&context->device, program->source, program->options, &binary);
    }
    free(data);
}

void opencl_programs_free(struct opencl_context *context)
{
    while (context->programs != NULL) {
        struct opencl_program *first = context->programs;
        context->programs = first->next;
        free_program(first);
    }
}
