# Embeds the workers' scripts into scripts.cc.
set(scripts_out ${CMAKE_BINARY_DIR}/generated/exec/scripts.cc)
set(scripts_dir ${CMAKE_CURRENT_SOURCE_DIR}/exec/process)
add_custom_command(
  OUTPUT ${scripts_out}
  COMMAND ${CMAKE_COMMAND} -DDIR=${scripts_dir} -DOUT=${scripts_out} -P ${scripts_dir}/embed_scripts.cmake
  DEPENDS ${scripts_dir}/python_worker.py ${scripts_dir}/python_imports.py ${scripts_dir}/node_worker.mjs
          ${scripts_dir}/node_packages.mjs ${scripts_dir}/embed_scripts.cmake
  VERBATIM)
target_sources(fogbank_exec PRIVATE ${scripts_out})
