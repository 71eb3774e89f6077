#include "extract/xmp_schema.h"

namespace cairn {
namespace {

// Codes and what they mean, as ExifTool writes it.
constexpr XmpWordsSource kWords[] = {
    {"adultContentWarning", "CW-AWR=Adult Content Warning Required|CW-NRQ=Not Required|CW-UNK=Unknown"},
    {"audioBitrateMode", "fixed=Fixed|variable=Variable"},
    {"audioChannelType", "16 Channel=16 Channel|5.1=5.1|7.1=7.1|Mono=Mono|Other=Other|Stereo=Stereo"},
    {"audioSampleType",
     "16Int=16-bit integer|24Int=24-bit integer|32Float=32-bit float|32Int=32-bit integer|8Int=8-bit integer|"
     "Compressed=Compressed|Other=Other|Packed=Packed"},
    {"color", "bw=BW|color=Color|duotone=Duotone|quadtone=Quadtone|sepia=Sepia|tritone=Tritone"},
    {"colorClass",
     "0=0 (None)|1=1 (Winner)|2=2 (Winner alt)|3=3 (Superior)|4=4 (Superior alt)|5=5 (Typical)|"
     "6=6 (Typical alt)|7=7 (Extras)|8=8 (Trash)"},
    {"colorMode", "0=Bitmap|1=Grayscale|2=Indexed|3=RGB|4=CMYK|7=Multichannel|8=Duotone|9=Lab"},
    {"colorSpace", "1=sRGB|2=Adobe RGB|65535=Uncalibrated"},
    {"complianceProfile", "three=Three"},
    {"componentsConfiguration", "0=-|1=Y|2=Cb|3=Cr|4=R|5=G|6=B"},
    {"copyrightStatus", "CS-PRO=Protected|CS-PUB=Public Domain|CS-UNK=Unknown"},
    {"creditLineRequired",
     "CR-CAI=Credit Adjacent To Image|CR-CCA=Credit in Credits Area|CR-COI=Credit on Image|CR-NRQ=Not Required"},
    {"cropUnit", "0=pixels|1=inches|2=cm"},
    {"focusUsage",
     "EvaluatedNotUsed=Evaluated, Not Used|EvaluatedUsed=Evaluated, Used|"
     "NotEvaluatedNotUsed=Not Evaluated, Not Used"},
    {"format", "RangeInverse=RangeInverse|RangeLinear=RangeLinear"},
    {"gPSDestDistanceRef", "K=Kilometers|M=Miles|N=Nautical Miles"},
    {"gPSImgDirectionRef", "M=Magnetic North|T=True North"},
    {"gPSSpeedRef", "K=km/h|M=mph|N=knots"},
    {"gPSStatus", "A=Measurement Active|V=Measurement Void"},
    {"imageAlterationConstraints",
     "AL-CLR=No Colorization|AL-CRP=No Cropping|AL-DCL=No De-Colorization|AL-FLP=No Flipping|AL-MRG=No Merging|"
     "AL-RET=No Retouching"},
    {"imageDuplicationConstraints",
     "DP-LIC=Duplication Only as Necessary Under License|DP-NDC=No Duplication Constraints|DP-NOD=No Duplication"},
    {"imageFileConstraints",
     "IF-MFN=Maintain File Name|IF-MFT=Maintain File Type|IF-MID=Maintain ID in File Name|"
     "IF-MMD=Maintain Metadata"},
    {"imageFileFormatAsDelivered",
     "FF-BMP=Windows Bitmap (BMP)|FF-DNG=Digital Negative (DNG)|FF-EPS=Encapsulated PostScript (EPS)|"
     "FF-GIF=Graphics Interchange Format (GIF)|FF-JPG=JPEG Interchange Formats (JPG, JIF, JFIF)|FF-OTR=Other|"
     "FF-PIC=Macintosh Picture (PICT)|FF-PNG=Portable Network Graphics (PNG)|FF-PSD=Photoshop Document (PSD)|"
     "FF-RAW=Proprietary RAW Image Format|FF-TIF=Tagged Image File Format (TIFF)|"
     "FF-WMP=Windows Media Photo (HD Photo)"},
    {"imageFileSizeAsDelivered",
     "SZ-G50=Greater than 50 MB|SZ-U01=Up to 1 MB|SZ-U10=Up to 10 MB|SZ-U30=Up to 30 MB|SZ-U50=Up to 50 MB"},
    {"imageType",
     "TY-ILL=Illustrated Image|TY-MCI=Multimedia or Composited Image|TY-OTR=Other|TY-PHO=Photographic Image|"
     "TY-VID=Video"},
    {"interopIndex",
     "R03=R03 - DCF option file (Adobe RGB)|R98=R98 - DCF basic file (sRGB)|THM=THM - DCF thumbnail file"},
    {"key", "A=A|A#=A#|B=B|C=C|C#=C#|D=D|D#=D#|E=E|F=F|F#=F#|G=G|G#=G#"},
    {"licenseType",
     "adware=Adware|commercial=Commercial|demo=Demo|freeware=Freeware|open source=Open Source|"
     "public domain=Public Domain|shareware=Shareware|unknown=Unknown"},
    {"licensorTelephoneType1", "cell=Cell|fax=FAX|home=Home|pager=Pager|work=Work"},
    {"maskMarkers", "All=All|None=None"},
    {"measureType", "OpticalAxis=OpticalAxis|OpticalRay=OpticalRay"},
    {"minorModelAgeDisclosure",
     "AG-A15=Age 15|AG-A16=Age 16|AG-A17=Age 17|AG-A18=Age 18|AG-A19=Age 19|AG-A20=Age 20|AG-A21=Age 21|"
     "AG-A22=Age 22|AG-A23=Age 23|AG-A24=Age 24|AG-A25=Age 25 or Over|AG-U14=Age 14 or Under|AG-UNK=Age Unknown"},
    {"mode", "0=Unknown|1=On|2=Off|3=Auto"},
    {"mode2", "CMYK=CMYK|LAB=Lab|RGB=RGB"},
    {"modelReleaseStatus",
     "MR-LMR=Limited or Incomplete Model Releases|MR-NAP=Not Applicable|MR-NON=None|"
     "MR-UMR=Unlimited Model Releases"},
    {"moireFilter", "Off=Off|On=On"},
    {"orientation", "horizontal=Horizontal|vertical=Vertical"},
    {"originPlatform",
     "broadcast=Broadcast|email=E-Mail|mobile=Mobile|other=Other|print=Print|recordableMedia=Recordable Media|"
     "web=Web"},
    {"pageProgressionDirection", "LTR=Left to Right|RTL=Right to Left"},
    {"panoramicStitchCameraMotion",
     "3DRotation=3D Rotation|Affine=Affine|Homography=Homography|RigidScale=Rigid Scale"},
    {"panoramicStitchMapType",
     "Horizontal-Cylindrical=Horizontal Cylindrical|Horizontal-Spherical=Horizontal Spherical|"
     "Perspective=Perspective|Vertical-Cylindrical=Vertical Cylindrical|Vertical-Spherical=Vertical Spherical"},
    {"permits",
     "cc:DerivativeWorks=Derivative Works|cc:Distribution=Distribution|cc:Reproduction=Reproduction|"
     "cc:Sharing=Sharing"},
    {"perspectiveUpright", "0=Off|1=Auto|2=Full|3=Level|4=Vertical|5=Guided"},
    {"postCropVignetteStyle", "1=Highlight Priority|2=Color Priority|3=Paint Overlay"},
    {"prohibits", "cc:CommercialUse=Commercial Use|cc:HighIncomeNationUse=High Income Nation Use"},
    {"propertyReleaseStatus",
     "PR-LPR=Limited or Incomplete Property Releases|PR-NAP=Not Applicable|PR-NON=None|"
     "PR-UPR=Unlimited Property Releases"},
    {"pullDown",
     "SSWWW=SSWWW|SWWWS=SWWWS|SWWWW=SWWWW|WSSWW=WSSWW|WSWWW=WSWWW|WWSSW=WWSSW|WWSWW=WWSWW|WWWSS=WWWSS|"
     "WWWSW=WWWSW|WWWWS=WWWWS"},
    {"quality", "High=High|Low=Low|Medium=Medium"},
    {"rbShape", "circle=Circle|polygon=Polygon|rectangle=Rectangle"},
    {"rbUnit", "pixel=Pixel|relative=Relative"},
    {"requires",
     "cc:Attribution=Attribution|cc:Copyleft=Copyleft|cc:LesserCopyleft=Lesser Copyleft|cc:Notice=Notice|"
     "cc:ShareAlike=Share Alike|cc:SourceCode=Source Code"},
    {"return", "0=No return detection|2=Return not detected|3=Return detected"},
    {"reuse", "RE-NAP=Not Applicable|RE-REU=Repeat Use"},
    {"scaleType", "Both=Both|Major=Major|Minor=Minor|Neither=Neither"},
    {"season", "fall=Fall|spring=Spring|summer=Summer|winter=Winter"},
    {"streamReady", "false=False|true=True|unknown=Unknown"},
    {"stretchMode",
     "Beat Splice=Beat Splice|Fixed length=Fixed length|Hybrid=Hybrid|Resample=Resample|Time-Scale=Time-Scale"},
    {"tagged", "False=No|True=Yes"},
    {"timeFormat",
     "23976Timecode=23.976 fps|24Timecode=24 fps|25Timecode=25 fps|2997DropTimecode=29.97 fps (drop)|"
     "2997NonDropTimecode=29.97 fps (non-drop)|30Timecode=30 fps|50Timecode=50 fps|"
     "5994DropTimecode=59.94 fps (drop)|5994NonDropTimecode=59.94 fps (non-drop)|60Timecode=60 fps"},
    {"timeSignature", "12/8=12/8|2/4=2/4|3/4=3/4|4/4=4/4|5/4=5/4|6/8=6/8|7/4=7/4|9/8=9/8|other=other"},
    {"toneCurveName", "Custom=Custom|Linear=Linear|Medium Contrast=Medium Contrast|Strong Contrast=Strong Contrast"},
    {"trapped", "False=False|True=True|Unknown=Unknown"},
    {"type", "BarCode=BarCode|Face=Face|Focus=Focus|Pet=Pet"},
    {"type2", "audio=Audio|custom=Custom|movie=Movie|still=Still Image"},
    {"urgency",
     "0=0 (reserved)|1=1 (most urgent)|2=2|3=3|4=4|5=5 (normal urgency)|6=6|7=7|8=8 (least urgent)|"
     "9=9 (user-defined priority)"},
    {"videoAlphaMode", "none=None|pre-multiplied=Pre-multiplied|straight=Straight"},
    {"videoColorSpace", "CCIR-601=CCIR-601|CCIR-709=CCIR-709|sRGB=sRGB"},
    {"videoFieldOrder", "Lower=Lower|Progressive=Progressive|Upper=Upper"},
    {"videoPixelDepth",
     "16Int=16-bit integer|24Int=24-bit integer|32Float=32-bit float|32Int=32-bit integer|8Int=8-bit integer|"
     "Other=Other"},
    {"visualColor", "bw-monochrome=Monochrome|colour=Color"},
    {"whiteBalance",
     "As Shot=As Shot|Auto=Auto|Cloudy=Cloudy|Custom=Custom|Daylight=Daylight|Flash=Flash|"
     "Fluorescent=Fluorescent|Shade=Shade|Tungsten=Tungsten"},
    {"yCbCrSubSampling",
     "1 1=YCbCr4:4:4 (1 1)|1 2=YCbCr4:4:0 (1 2)|1 4=YCbCr4:4:1 (1 4)|2 1=YCbCr4:2:2 (2 1)|2 2=YCbCr4:2:0 (2 2)|"
     "2 4=YCbCr4:2:1 (2 4)|4 1=YCbCr4:1:1 (4 1)|4 2=YCbCr4:1:0 (4 2)"},
};

}  // namespace

std::span<const XmpWordsSource> XmpWords() { return kWords; }

}  // namespace cairn
