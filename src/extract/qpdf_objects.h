#pragma once

// qpdf's JSON, which is not used here, cannot be compiled by clang 14 in C++20 (a vector of a class within that class),
// and clang-tidy reads what clang can compile. Declared it is enough for the headers of objects.
#define JSON_HH  // NOLINT
class JSON;      // NOLINT

#include <qpdf/QPDF.hh>              // IWYU pragma: export
#include <qpdf/QPDFExc.hh>           // IWYU pragma: export
#include <qpdf/QPDFObjectHandle.hh>  // IWYU pragma: export
