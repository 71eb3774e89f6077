#include "extract/xmp_schema.h"

namespace cairn {
namespace {

// Schemas of other programs.
constexpr XmpSource kSchemas[] = {
    {"acdsee",
     "author caption categories collections datetime=DateTime:d dpp=DPP:l@binary EditStatus FixtureIdentifier "
     "keywords* notes ObjectCycle OriginatingProgram rating rawrppused ReleaseDate ReleaseTime rpp=RPP:l@binary "
     "Snapshots*@binary tagged"},
    {"digiKam",
     "CaptionsAuthorNames:l CaptionsDateTimeStamps:l ColorLabel ImageHistory ImageUniqueID "
     "LensCorrectionSettings picasawebGPhotoId PickLabel TagsList*"},
    {"expressionmedia", "CatalogSets* Event People* Status"},
    {"extensis", "Approved ApprovedBy ClientName JobName JobStatus RoutedTo RoutingNotes WorkToDo"},
    {"fpv", "RichTextComment"},
    {"GettyImagesGIFT",
     "AssetID CallForImage CameraFilename CameraMakeModel CameraSerialNumber Composition ExclusiveCoverage "
     "GIFTFtpPriority ImageRank MediaEventIdDate OriginalCreateDateTime:d OriginalFilename=OriginalFileName "
     "ParentMediaEventID ParentMEID Personality* PrimaryFTP* RoutingDestinations* RoutingExclusions* "
     "SecondaryFTP* TimeShot"},
    {"ics",
     "AppVersion ImageRef SubVersions*{SubVersion} ~SubVersionsFileName=SubVersionFileName "
     "~SubVersionsVersRef=SubVersionReference TagStructure*{TagStructure} ~TagStructureLabelName=LabelName1 "
     "~TagStructureParentReference=ParentReference1 ~TagStructureReference=Reference1 "
     "~TagStructureSubLabels=SubLabels1 ~TagStructureSubLabelsLabelName=LabelName2 "
     "~TagStructureSubLabelsParentReference=ParentReference2 ~TagStructureSubLabelsReference=Reference2 "
     "~TagStructureSubLabelsSubLabels=SubLabels2 ~TagStructureSubLabelsSubLabelsLabelName=LabelName3 "
     "~TagStructureSubLabelsSubLabelsParentReference=ParentReference3 "
     "~TagStructureSubLabelsSubLabelsReference=Reference3 ~TagStructureSubLabelsSubLabelsSubLabels=SubLabels3 "
     "~TagStructureSubLabelsSubLabelsSubLabelsLabelName=LabelName4 "
     "~TagStructureSubLabelsSubLabelsSubLabelsParentReference=ParentReference4 "
     "~TagStructureSubLabelsSubLabelsSubLabelsReference=Reference4 "
     "~TagStructureSubLabelsSubLabelsSubLabelsSubLabels=SubLabels4 "
     "~TagStructureSubLabelsSubLabelsSubLabelsSubLabelsLabelName=LabelName5 "
     "~TagStructureSubLabelsSubLabelsSubLabelsSubLabelsParentReference=ParentReference5 "
     "~TagStructureSubLabelsSubLabelsSubLabelsSubLabelsReference=Reference5 "
     "~TagStructureSubLabelsSubLabelsSubLabelsSubLabelsSubLabels=SubLabels5 "
     "~TagStructureSubLabelsSubLabelsSubLabelsSubLabelsSubLabelsLabelName=LabelName6 "
     "~TagStructureSubLabelsSubLabelsSubLabelsSubLabelsSubLabelsParentReference=ParentReference6 "
     "~TagStructureSubLabelsSubLabelsSubLabelsSubLabelsSubLabelsReference=Reference6 TimeStamp:d"},
    {"mediapro", "CatalogSets* Event Location People* Status UserFields*"},
    {"MicrosoftPhoto",
     "CameraSerialNumber CreatorAppId=CreatorAppID CreatorOpenWithUIOptions DateAcquired:d FlashManufacturer "
     "FlashModel ItemSubType LastKeywordIPTC* LastKeywordXMP* LensManufacturer LensModel Rating=RatingPercent"},
    {"MP",
     "RegionInfo=RegionInfoMP{RegionInfo} ~RegionInfoDateRegionsValid ~RegionInfoRegions "
     "~RegionInfoRegionsPersonDisplayName=RegionPersonDisplayName "
     "~RegionInfoRegionsPersonEmailDigest=RegionPersonEmailDigest "
     "~RegionInfoRegionsPersonLiveIdCID=RegionPersonLiveIdCID "
     "~RegionInfoRegionsPersonSourceID=RegionPersonSourceID ~RegionInfoRegionsRectangle=RegionRectangle"},
    {"MP1",
     "Brightness CameraModelID Contrast ExposureCompensation "
     "PanoramicStitchCameraMotion@panoramicStitchCameraMotion PanoramicStitchMapType@panoramicStitchMapType "
     "PanoramicStitchPhi0 PanoramicStitchPhi1 PanoramicStitchTheta0 PanoramicStitchTheta1 PipelineVersion "
     "StreamType WhiteBalance0 WhiteBalance1 WhiteBalance2"},
    {"photomechanic", "ColorClass@colorClass CountryCode EditStatus PMVersion Prefs@prefs Tagged@tagged TimeCreated"},
};

}  // namespace

std::span<const XmpSource> XmpProgramSources() { return kSchemas; }

}  // namespace cairn
