# cmake -DDIR=src/exec/process -DOUT=scripts.cc -P embed_scripts.cmake
set(text "// Generated from src/exec/process.\n#include \"src/exec/process/scripts.h\"\n\n")
string(APPEND text "namespace fogbank::exec {\n")
foreach(pair "python_worker:python_worker.py" "python_imports:python_imports.py" "node_worker:node_worker.mjs"
        "node_packages:node_packages.mjs")
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 name)
  list(GET pair 1 file)
  # As hexadecimal, which no list separator or bracket of a script can disturb.
  file(READ ${DIR}/${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND text "\nstd::string_view ${name}() {\n    static constexpr char kText[] = {${bytes}};\n")
  string(APPEND text "    return {kText, ${size}};\n}\n")
endforeach()
string(APPEND text "\n}  // namespace fogbank::exec\n")
file(WRITE ${OUT} "${text}")
