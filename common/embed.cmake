# cmake -DNAME=x -DTYPE=T -DHEADER=h -DOUTPUT=x.c -DINPUTS="a|b" -P embed.cmake
# writes a C file with the inputs, one after the other, as the bytes of `const struct T x`, which
# HEADER declares: {const unsigned char *, size_t}. With -DHASH=ON also `const char x_sha256[]`: the
# SHA-256 of the bytes in base 64, as a Content-Security-Policy names a script by.
string(REPLACE "|" ";" inputs "${INPUTS}")
set(bytes "")
foreach(input IN LISTS inputs)
  file(READ "${input}" text HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," text "${text}")
  string(APPEND bytes "${text}")
endforeach()
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")

set(hash "")
if(HASH)
  # Three hexadecimal digits are two characters of base 64; of 64 digits, one is left over.
  file(SHA256 "${INPUTS}" digits)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  foreach(start RANGE 0 63 3)
    string(SUBSTRING "${digits}00" ${start} 3 three)
    math(EXPR first "0x${three} >> 6")
    math(EXPR second "0x${three} & 63")
    string(SUBSTRING "${alphabet}" ${first} 1 first)
    string(SUBSTRING "${alphabet}" ${second} 1 second)
    string(APPEND hash "${first}${second}")
  endforeach()
  string(SUBSTRING "${hash}" 0 43 hash)
  set(hash "const char ${NAME}_sha256[] = \"${hash}=\";\n")
endif()

file(WRITE "${OUTPUT}.new" "#include \"${HEADER}\"

static const unsigned char text[] = {
${bytes}
};
const struct ${TYPE} ${NAME} = {text, sizeof(text)};
${hash}")
file(RENAME "${OUTPUT}.new" "${OUTPUT}")
