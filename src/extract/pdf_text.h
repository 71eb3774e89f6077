#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// A text string of PDF (ISO 32000-2, section 7.9.2.2) as UTF-8: UTF-16 or UTF-8 by their marks, else PDFDocEncoding.
std::string PdfText(std::string_view bytes);

/// `2008:10:22 16:28:39+02:00` of `D:20081022162839+02'00'`; the text itself where it is no date.
std::string PdfDate(std::string_view date);

/// Keywords between commas; between spaces where there is no comma.
std::vector<std::string> SplitPdfKeywords(std::string_view text);

/// The name of an entry that a program invented: `PTEX.Fullbanner` is `PTEX_Fullbanner`.
std::string PdfFieldName(std::string_view key);

}  // namespace cairn
