#include <algorithm>
#include <span>

#include "extract/icc_signatures.h"

namespace cairn {
namespace {

struct Word {
  std::string_view signature;
  std::string_view text;
};

// ICC.1:2022, section 9, and what makers added. By their letters.
constexpr Word kTags[] = {{"A2B0", "AToB0"},
                          {"A2B1", "AToB1"},
                          {"A2B2", "AToB2"},
                          {"A2B3", "AToB3"},
                          {"B2A0", "BToA0"},
                          {"B2A1", "BToA1"},
                          {"B2A2", "BToA2"},
                          {"B2A3", "BToA3"},
                          {"B2D0", "BToD0"},
                          {"B2D1", "BToD1"},
                          {"B2D2", "BToD2"},
                          {"B2D3", "BToD3"},
                          {"CxF ", "CXF"},
                          {"D2B0", "DToB0"},
                          {"D2B1", "DToB1"},
                          {"D2B2", "DToB2"},
                          {"D2B3", "DToB3"},
                          {"MS00", "WCSProfiles"},
                          {"bTRC", "BlueTRC"},
                          {"bXYZ", "BlueMatrixColumn"},
                          {"bfd ", "UCRBG"},
                          {"bkpt", "MediaBlackPoint"},
                          {"c2sp", "CustomToStandardPcc"},
                          {"calt", "CalibrationDateTime"},
                          {"cept", "ColorEncodingParams"},
                          {"chad", "ChromaticAdaptation"},
                          {"ciis", "ColorimetricIntentImageState"},
                          {"clio", "ColorantInfoOut"},
                          {"cloo", "ColorantOrderOut"},
                          {"clot", "ColorantTableOut"},
                          {"clro", "ColorantOrder"},
                          {"cprt", "ProfileCopyright"},
                          {"crdi", "CRDInfo"},
                          {"csnm", "ColorSpaceName"},
                          {"desc", "ProfileDescription"},
                          {"devs", "DeviceSettings"},
                          {"dmdd", "DeviceModelDesc"},
                          {"dmnd", "DeviceMfgDesc"},
                          {"dscm", "ProfileDescriptionML"},
                          {"fpce", "FocalPlaneColorimetryEstimates"},
                          {"gTRC", "GreenTRC"},
                          {"gXYZ", "GreenMatrixColumn"},
                          {"gamt", "Gamut"},
                          {"gdb0", "GamutBoundaryDescription0"},
                          {"gdb1", "GamutBoundaryDescription1"},
                          {"gdb2", "GamutBoundaryDescription2"},
                          {"gdb3", "GamutBoundaryDescription3"},
                          {"kTRC", "GrayTRC"},
                          {"lumi", "Luminance"},
                          {"mcta", "MultiplexTypeArray"},
                          {"mdv ", "MultiplexDefaultValues"},
                          {"miin", "MeasurementInputInfo"},
                          {"minf", "MeasurementInfo"},
                          {"mmod", "MakeAndModel"},
                          {"ncl2", "NamedColor2"},
                          {"ncol", "NamedColor"},
                          {"ndin", "NativeDisplayInfo"},
                          {"nmcl", "NamedColor"},
                          {"pre0", "Preview0"},
                          {"pre1", "Preview1"},
                          {"pre2", "Preview2"},
                          {"ps2i", "PS2RenderingIntent"},
                          {"ps2s", "PostScript2CSA"},
                          {"psd0", "PostScript2CRD0"},
                          {"psd1", "PostScript2CRD1"},
                          {"psd2", "PostScript2CRD2"},
                          {"psd3", "PostScript2CRD3"},
                          {"pseq", "ProfileSequenceDesc"},
                          {"psid", "ProfileSequenceIdentifier"},
                          {"psin", "ProfileSequenceInfo"},
                          {"psvm", "PS2CRDVMSize"},
                          {"rTRC", "RedTRC"},
                          {"rXYZ", "RedMatrixColumn"},
                          {"resp", "OutputResponse"},
                          {"rfnm", "ReferenceName"},
                          {"rhoc", "ReflectionHardcopyOrigColorimetry"},
                          {"rig0", "PerceptualRenderingIntentGamut"},
                          {"rig2", "SaturationRenderingIntentGamut"},
                          {"rpoc", "ReflectionPrintOutputColorimetry"},
                          {"s2cp", "StandardToCustomPcc"},
                          {"sape", "SceneAppearanceEstimates"},
                          {"scoe", "SceneColorimetryEstimates"},
                          {"scrd", "ScreeningDesc"},
                          {"scrn", "Screening"},
                          {"smap", "SurfaceMap"},
                          {"svcn", "SpectralViewingConditions"},
                          {"swpt", "SpectralWhitePoint"},
                          {"targ", "CharTarget"},
                          {"tech", "Technology"},
                          {"vcgt", "VideoCardGamma"},
                          {"vued", "ViewingCondDesc"},
                          {"wtpt", "MediaWhitePoint"}};

constexpr Word kClasses[] = {{"scnr", "Input Device Profile"},
                             {"mntr", "Display Device Profile"},
                             {"prtr", "Output Device Profile"},
                             {"link", "DeviceLink Profile"},
                             {"spac", "ColorSpace Conversion Profile"},
                             {"abst", "Abstract Profile"},
                             {"nmcl", "NamedColor Profile"},
                             {"nkpf", "Nikon Input Device Profile (NON-STANDARD!)"}};
constexpr Word kPlatforms[] = {{"APPL", "Apple Computer Inc."},
                               {"MSFT", "Microsoft Corporation"},
                               {"SGI ", "Silicon Graphics Inc."},
                               {"SUNW", "Sun Microsystems Inc."},
                               {"TGNT", "Taligent Inc."}};
constexpr Word kTechnologies[] = {{"fscn", "Film Scanner"},
                                  {"dcam", "Digital Camera"},
                                  {"rscn", "Reflective Scanner"},
                                  {"ijet", "Ink Jet Printer"},
                                  {"twax", "Thermal Wax Printer"},
                                  {"epho", "Electrophotographic Printer"},
                                  {"dsub", "Dye Sublimation Printer"},
                                  {"vidm", "Video Monitor"},
                                  {"vidc", "Video Camera"},
                                  {"pjtv", "Projection Television"},
                                  {"CRT ", "Cathode Ray Tube Display"},
                                  {"PMD ", "Passive Matrix Display"},
                                  {"AMD ", "Active Matrix Display"},
                                  {"KPCD", "Photo CD"},
                                  {"offs", "Offset Lithography"},
                                  {"silk", "Silkscreen"},
                                  {"flex", "Flexography"}};

std::string_view Find(std::span<const Word> words, std::string_view signature) {
  const auto found =
      std::find_if(words.begin(), words.end(), [&](const Word& word) { return word.signature == signature; });
  return found == words.end() ? std::string_view() : found->text;
}

}  // namespace

std::string_view IccTagName(std::string_view signature) {
  const std::span<const Word> tags = kTags;
  const auto found = std::lower_bound(tags.begin(), tags.end(), signature,
                                      [](const Word& tag, std::string_view of) { return tag.signature < of; });
  return found == tags.end() || found->signature != signature ? std::string_view() : found->text;
}

std::string_view IccClass(std::string_view signature) { return Find(kClasses, signature); }
std::string_view IccPlatform(std::string_view signature) { return Find(kPlatforms, signature); }
std::string_view IccTechnology(std::string_view signature) { return Find(kTechnologies, signature); }

}  // namespace cairn
