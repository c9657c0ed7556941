# The builds that only look for faults (sanitizers, fuzzing) are compiled on every change from nothing, so they are made to compile quickly:
# clang++ without optimisation, which takes a third of the time. Two things are said by target:
#   tiebreak_heavy(TARGET)   it does the work while tests run: it is optimised a little there too
#   tiebreak_unity(TARGET)   its files are compiled eight at a time, as one, since headers are most of a small file
# and the tests share a precompiled header. The release build does none of it: there each file has to stand by itself.
option(TIEBREAK_QUICK_BUILD "Compile the libraries' files several at a time, and the tests with a precompiled header" OFF)

function(tiebreak_heavy target)
  if(TIEBREAK_SANITIZE)
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

function(tiebreak_unity target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${TIEBREAK_QUICK_BUILD})
endfunction()
