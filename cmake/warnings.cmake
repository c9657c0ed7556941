# One place for the flags that every target of ours is built with: link to `tiebreak_flags`.
add_library(tiebreak_flags INTERFACE)
target_compile_options(tiebreak_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion
                       -Wno-missing-field-initializers)  # every field of ours has a default
if(NOT TIEBREAK_QUICK_BUILD)  # where each file stands in the scope of the one before, it says nothing
  target_compile_options(tiebreak_flags INTERFACE -Wshadow)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(tiebreak_flags INTERFACE -Wno-maybe-uninitialized)  # GCC 12 is wrong about std::optional
endif()
if(TIEBREAK_WERROR)
  target_compile_options(tiebreak_flags INTERFACE -Werror)
endif()
if(TIEBREAK_SANITIZE)
  target_compile_options(tiebreak_flags INTERFACE -fsanitize=${TIEBREAK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(tiebreak_flags INTERFACE -fsanitize=${TIEBREAK_SANITIZE})
endif()
if(TIEBREAK_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Asio has fences, of which the thread sanitizer knows nothing; its io_context is run by one thread here.
  target_compile_options(tiebreak_flags INTERFACE -Wno-tsan)
endif()
target_include_directories(tiebreak_flags INTERFACE ${CMAKE_SOURCE_DIR})
