# cmake -DNAME=x_source -DOUTPUT=x.c -DINPUTS="a|b" -P embed.cmake
# writes a C file with the inputs, one after the other, as the bytes of `const struct opencl_source x_source`.
string(REPLACE "|" ";" inputs "${INPUTS}")
set(bytes "")
foreach(input IN LISTS inputs)
  file(READ "${input}" text HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${text}")
  string(APPEND bytes "${text}")
endforeach()
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE "${OUTPUT}.new" "#include \"opencl/program.h\"

static const unsigned char text[] = {
${bytes}
};
const struct opencl_source ${NAME} = {text, sizeof(text)};
")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
