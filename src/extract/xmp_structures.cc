#include "extract/xmp_schema.h"

namespace cairn {
namespace {

// Structures: ISO 16684-1, section 8.2; XMP specification part 2; and those of the schemas that use them.
constexpr XmpStructureSource kStructures[] = {
    {"AEProjectLink", false, "compositionID fullPath renderOutputModuleIndex renderQueueItemID renderTimeStamp"},
    {"AppInfo", false, "Application ItemURI Version"},
    {"Area", false, "d h unit w x y"},
    {"AreaModels", false, "AreaComponents/Components* ColorRangeMaskAreaSampleInfo/ColorSampleInfo"},
    {"ArtworkOrObjectDetails", false,
     "AOCircaDateCreated AOContentDescription:l AOContributionDescription:l AOCopyrightNotice AOCreator* "
     "AOCreatorId* AOCurrentCopyrightOwnerId AOCurrentCopyrightOwnerName AOCurrentLicensorId "
     "AOCurrentLicensorName AODateCreated:d AOPhysicalDescription:l AOSource AOSourceInvNo AOSourceInvURL "
     "AOStylePeriod* AOTitle:l"},
    {"BeatSpliceStretch", false, "riseInDecibel riseInTimeDuration{Time} useFileBeatsMarker"},
    {"BoundaryPoint", false, "rbX/X rbY/Y"},
    {"Camera", false,
     "ApertureValue Author AutoScale CameraPrettyName CameraRawProfile FocalLength FocusDistance Lens "
     "LensPrettyName Make Model PerspectiveModel{PerspectiveModel} ProfileName SensorFormatFactor "
     "UniqueCameraModel"},
    {"CFAPattern", false, "Columns Rows Values*"},
    {"CollectionInfo", false, "CollectionName CollectionURI"},
    {"Colorant", false, "A B black blue cyan gray green L magenta mode@mode2 red swatchName tint type yellow"},
    {"CompImageExp", false,
     "MaxExposureTimesOfAll/MaxExposureAll:r MaxExposureTimesOfUsed/MaxExposureUsed:r "
     "MinExposureTimesOfAll/MinExposureAll:r MinExposureTimesOfUsed/MinExposureUsed:r "
     "NumberOfImagesInSequences/ImagesPerSequence NumberOfSequences/NumSequences "
     "SumOfExposureTimesOfAll/SumExposureAll:r SumOfExposureTimesOfUsed/SumExposureUsed:r TotalExposurePeriod:r "
     "Values:r*"},
    {"ContactInfo", false, "CiAdrCity CiAdrCtry CiAdrExtadr CiAdrPcode CiAdrRegion CiEmailWork CiTelWork CiUrlWork"},
    {"CopyrightOwner", false, "CopyrightOwnerID CopyrightOwnerName"},
    {"Correction", false,
     "CorrectionActive/Active! CorrectionAmount/Amount! CorrectionMasks/Mask*{CorrectionMask} CorrectionName "
     "CorrectionRangeMask/RangeMask{CorrRangeMask} CorrectionSyncID LocalBlacks2012/Blacks2012! "
     "LocalBrightness/Brightness! LocalClarity/Clarity! LocalClarity2012/Clarity2012! LocalContrast/Contrast! "
     "LocalContrast2012/Contrast2012! LocalDefringe/Defringe! LocalDehaze/Dehaze! LocalExposure/Exposure! "
     "LocalExposure2012/Exposure2012! LocalHighlights2012/Highlights2012! LocalHue/Hue! "
     "LocalLuminanceNoise/LuminanceNoise! LocalMoire/Moire! LocalSaturation/Saturation! "
     "LocalShadows2012/Shadows2012! LocalSharpness/Sharpness! LocalTemperature/Temperature! "
     "LocalTexture/Texture! LocalTint/Tint! LocalToningHue/ToningHue! LocalToningSaturation/ToningSaturation! "
     "LocalWhites2012/Whites2012! What!"},
    {"CorrectionMask", false,
     "Alpha! Angle! Bottom! CenterValue! CenterWeight! CorrectionRangeMask/Range{CorrRangeMask} Dabs* Feather! "
     "Flipped! Flow! FullX! FullY! InputDigest! Left! MaskActive! MaskBlendMode! MaskDigest! MaskInverted! "
     "MaskName! Masks{CorrectionMask} MaskSubType! MaskSyncID! MaskValue/Value! MaskVersion! Midpoint! Origin! "
     "PerimeterValue! Radius! ReferencePoint! Right! Roundness! SizeX! SizeY! Top! Version! What! "
     "WholeImageArea! X! Y! ZeroX! ZeroY!"},
    {"CorrRangeMask", false,
     "AreaModels*{AreaModels} ColorAmount DepthFeather DepthMax DepthMin Invert LumFeather "
     "LuminanceDepthSampleInfo LumMax LumMin LumRange SampleType Type Version"},
    {"CuePointParam", false, "key value"},
    {"CVTermDetails", false, "CvId CvTermId CvTermName:l CvTermRefinedAbout"},
    {"DCTermsLocation", false,
     "continent coordinatePrecision coordinateUncertaintyInMeters country countryCode county decimalLatitude "
     "decimalLongitude footprintSpatialFit footprintSRS footprintWKT geodeticDatum georeferencedBy "
     "georeferencedDate georeferenceProtocol georeferenceRemarks georeferenceSources "
     "georeferenceVerificationStatus higherGeography higherGeographyID island islandGroup locality "
     "locationAccordingTo locationID locationRemarks maximumDepthInMeters maximumDistanceAboveSurfaceInMeters "
     "maximumElevationInMeters minimumDepthInMeters minimumDistanceAboveSurfaceInMeters minimumElevationInMeters "
     "municipality pointRadiusSpatialFit stateProvince verbatimCoordinates verbatimCoordinateSystem "
     "verbatimDepth verbatimElevation verbatimLatitude verbatimLocality verbatimLongitude verbatimSRS "
     "verticalDatum waterBody"},
    {"Device", false, "AttLensDescription Manufacturer ModelName OwnersDeviceId SerialNumber"},
    {"DeviceCamera", false,
     "AppInfo{AppInfo} DepthMap{DeviceDepthMap} Image{DeviceImage} ImagingModel{DeviceImagingModel} "
     "LightEstimate{DeviceLightEstimate} PointCloud{DevicePointCloud} Pose{Pose} Trait VendorInfo{VendorInfo}"},
    {"DeviceCameras", false, "Camera{DeviceCamera}"},
    {"DeviceContainer", false, "Directory*{DeviceDirectory}"},
    {"DeviceDepthMap", false,
     "ConfidenceURI DepthURI Far FocalTable FocalTableEntryCount Format ItemSemantic MeasureType Near Software "
     "Units"},
    {"DeviceDirectory", false, "Item{DeviceItem}"},
    {"DeviceImage", false, "ItemSemantic ItemURI"},
    {"DeviceImagingModel", false,
     "Distortion DistortionCount FocalLengthX FocalLengthY ImageHeight ImageWidth PixelAspectRatio "
     "PrincipalPointX PrincipalPointY Skew"},
    {"DeviceItem", false, "DataURI Length Mime Padding"},
    {"DeviceLightEstimate", false, "ColorCorrectionB ColorCorrectionG ColorCorrectionR PixelIntensity"},
    {"DevicePlane", false, "Boundary BoundaryVertexCount ExtentX ExtentZ Pose{Pose}"},
    {"DevicePlanes", false, "Plane{DevicePlane}"},
    {"DevicePointCloud", false, "Metric PointCloud Points"},
    {"DeviceProfile", false, "CameraIndices* Type"},
    {"DeviceProfiles", false, "Profile{DeviceProfile}"},
    {"DeviceSettings", false, "Columns Rows Settings*"},
    {"Dimensions", false, "h unit w"},
    {"EarthPose", false,
     "Altitude@meters Latitude@degrees Longitude@degrees RotationW RotationX RotationY RotationZ "
     "Timestamp@milliseconds"},
    {"EEREDetails", false, "EncRightsExpr RightsExprEncType RightsExprLangId"},
    {"EndUser", false, "EndUserID EndUserName"},
    {"Entity", false, "Identifier* Name:l"},
    {"EntityWithRole", false, "Identifier* Name:l Role*"},
    {"EpisodeOrSeason", false, "Identifier Name Number"},
    {"Event", false,
     "day earliestDate:d endDayOfYear eventDate:d eventID eventRemarks:l eventTime:d fieldNotes fieldNumber "
     "habitat latestDate:d month parentEventID sampleSizeUnit sampleSizeValue samplingEffort samplingProtocol "
     "startDayOfYear verbatimEventDate year"},
    {"Extensions", true, ""},
    {"Flash", false, "Fired Function Mode@mode RedEyeMode Return@return"},
    {"Font", false, "childFontFiles* composite fontFace fontFamily fontFileName fontName fontType versionString"},
    {"GeologicalContext", false,
     "bed earliestAgeOrLowestStage earliestEonOrLowestEonothem earliestEpochOrLowestSeries "
     "earliestEraOrLowestErathem earliestPeriodOrLowestSystem formation geologicalContextID group "
     "highestBiostratigraphicZone latestAgeOrHighestStage latestEonOrHighestEonothem latestEpochOrHighestSeries "
     "latestEraOrHighestErathem latestPeriodOrHighestSystem lithostratigraphicTerms lowestBiostratigraphicZone "
     "member"},
    {"Identification", false,
     "dateIdentified:d identificationID identificationQualifier identificationReferences identificationRemarks "
     "identificationVerificationStatus identifiedBy identifiedByID typeStatus verbatimIdentification"},
    {"ImageCreator", false, "ImageCreatorID ImageCreatorName"},
    {"ImageRegion", true,
     "Name:l rCtype/Ctype*{Entity} RegionBoundary/Boundary{RegionBoundary} rId/ID rRole/Role*{Entity}"},
    {"ImageSupplier", false, "ImageSupplierID ImageSupplierName"},
    {"JobRef", false, "id name url"},
    {"KeywordInfo", false, "Hierarchy*{KeywordStruct}"},
    {"KeywordStruct", false, "Applied Children*{KeywordStruct} Keyword"},
    {"Layer", false, "LayerName LayerText"},
    {"LEREDetails", false, "LinkedRightsExpr RightsExprEncType RightsExprLangId"},
    {"Licensee", false, "LicenseeID LicenseeName"},
    {"Licensor", false,
     "LicensorCity LicensorCountry LicensorEmail LicensorExtendedAddress LicensorID LicensorName "
     "LicensorPostalCode LicensorRegion LicensorStreetAddress LicensorTelephone1 LicensorTelephone2 "
     "LicensorTelephoneType1@licensorTelephoneType1 LicensorTelephoneType2@licensorTelephoneType1 LicensorURL"},
    {"LinkedImage", false, "format HeightPixels ImageRole Link LinkQualifier* UsedVideoFrame{Timecode} WidthPixels"},
    {"LocationDetails", false,
     "City CountryCode CountryName GPSAltitude:r@meters GPSLatitude@degrees GPSLongitude@degrees Identifier* "
     "LocationId* LocationName:l ProvinceState Sublocation WorldRegion"},
    {"Look", false,
     "Amount Cluster Copyright Group:l Name Parameters{LookParms} SupportsAmount SupportsMonochrome "
     "SupportsOutputReferred UUID"},
    {"LookParms", false,
     "CameraProfile Clarity2012 ConvertToGrayscale LookTable ProcessVersion ToneCurvePV2012* "
     "ToneCurvePV2012Blue* ToneCurvePV2012Green* ToneCurvePV2012Red* Version"},
    {"MacAtom", false, "applicationCode invocationAppleEvent posixProjectPath"},
    {"ManifestItem", false, "linkForm placedResolutionUnit placedXResolution placedYResolution reference{ResourceRef}"},
    {"MapInfo", false, "LabMax LabMin LumEq* RGBMax RGBMin"},
    {"Marker", false,
     "comment cuePointParams*{CuePointParam} cuePointType duration location name probability speaker startTime "
     "target type"},
    {"MaterialSample", false, "materialSampleID"},
    {"MeasurementOrFact", false,
     "measurementAccuracy measurementDeterminedBy measurementDeterminedDate:d measurementID measurementMethod "
     "measurementRemarks measurementType measurementUnit measurementValue"},
    {"Media", false, "duration{Time} managed path startTime{Time} track webStatement"},
    {"Occurrence", false,
     "associatedMedia associatedOccurrences associatedReferences associatedSequences associatedTaxa behavior "
     "catalogNumber degreeOfEstablishment disposition establishmentMeans georeferenceVerificationStatus "
     "individualCount individualID lifeStage occurrenceDetails occurrenceID occurrenceRemarks occurrenceStatus "
     "organismQuantity organismQuantityType otherCatalogNumbers pathway preparations previousIdentifications "
     "recordedBy recordedByID recordNumber reproductiveCondition sex"},
    {"OECF", false, "Columns Names* Rows Values:r*"},
    {"Organism", false,
     "associatedOccurrences associatedOrganisms organismID organismName organismRemarks organismScope "
     "previousIdentifications"},
    {"PageInfo", false, "format height image@base64 PageNumber width"},
    {"PantryItem", true, "InstanceID!"},
    {"PersonDetails", false, "PersonCharacteristic*{CVTermDetails} PersonDescription:l PersonId* PersonName:l"},
    {"PerspectiveModel", false,
     "ImageXCenter ImageYCenter RadialDistortParam1 RadialDistortParam2 RadialDistortParam3 ScaleFactor Version"},
    {"Pose", false, "PositionX PositionY PositionZ RotationW RotationX RotationY RotationZ Timestamp@milliseconds"},
    {"prismAlternateTitle", false, "a-lang a-platform text"},
    {"prismChannel", false, "a-lang channel subchannel1 subchannel2 subchannel3 subchannel4"},
    {"prismHasCorrection", false, "a-lang a-platform text"},
    {"prismKillDate", false, "a-platform date:d"},
    {"prismOffSaleDate", false, "a-platform date:d"},
    {"prismOnSaleDate", false, "a-platform date:d"},
    {"prismOnSaleDay", false, "a-platform day"},
    {"prismPublicationDate", false, "a-platform date:d"},
    {"prismUrl", false, "a-platform url"},
    {"ProductDetails", false, "ProductDescription:l ProductGTIN ProductId ProductName:l"},
    {"ProjectLink", false, "path type@type2"},
    {"PublicationEvent", false, "Date:d Identifier Name"},
    {"QualifiedLink", false, "Link LinkQualifier"},
    {"RangeMask", false, "RangeMaskMapInfo/MapInfo{MapInfo}"},
    {"Rating", false,
     "RatingRegion/Region*{LocationDetails} RatingScaleMaxValue/ScaleMaxValue RatingScaleMinValue/ScaleMinValue "
     "RatingSourceLink/SourceLink RatingValue/Value RatingValueLogoLink/ValueLogoLink"},
    {"Record", false,
     "basisOfRecord collectionCode collectionID dataGeneralizations datasetID datasetName dynamicProperties "
     "informationWithheld institutionCode institutionID ownerInstitutionCode"},
    {"RegionBoundary", false,
     "rbH/H rbRx/Rx rbShape/Shape@rbShape rbUnit/Unit@rbUnit rbVertices/Vertices*{BoundaryPoint} rbW/W rbX/X "
     "rbY/Y"},
    {"RegionInfo", false, "DateRegionsValid:d Regions*{Regions}"},
    {"RegionInfo2", false, "AppliedToDimensions{Dimensions} RegionList/Region*{RegionStruct}"},
    {"Regions", false, "PersonDisplayName PersonEmailDigest PersonLiveIdCID PersonSourceID Rectangle"},
    {"RegionStruct", false,
     "Area{Area} BarCodeValue Description Extensions{Extensions} FocusUsage@focusUsage Name Rotation seeAlso "
     "Type@type"},
    {"RegistryEntryDetails", false, "RegEntryRole RegItemId RegOrgId"},
    {"ResampleStretch", false, "quality@quality"},
    {"ResourceEvent", false, "action changed instanceID parameters softwareAgent when:d"},
    {"ResourceRef", false,
     "alternatePaths* documentID filePath fromPart instanceID lastModifyDate:d lastURL linkCategory linkForm "
     "manager managerVariant manageTo manageUI maskMarkers@maskMarkers originalDocumentID partMapping "
     "placedResolutionUnit placedXResolution placedYResolution renditionClass renditionParams toPart versionID"},
    {"ResourceRelationship", false,
     "relatedResourceID relationshipAccordingTo relationshipEstablishedDate:d relationshipOfResource "
     "relationshipOfResourceID relationshipRemarks resourceID resourceRelationshipID"},
    {"RetouchArea", false,
     "Feather! Masks/Mask*{CorrectionMask} Method! OffsetY! Opacity! Seed! SourceState! SourceX! SpotType!"},
    {"Series", false, "Identifier Name"},
    {"SubVersion", false, "FileName VersRef"},
    {"SwatchGroup", false, "Colorants/SwatchColorant*{Colorant} groupName groupType"},
    {"TagStructure", false, "LabelName ParentReference Reference SubLabels*{TagStructure}"},
    {"Taxon", false,
     "acceptedNameUsage acceptedNameUsageID class cultivarEpithet family genus higherClassification "
     "infraspecificEpithet kingdom nameAccordingTo nameAccordingToID namePublishedIn namePublishedInID "
     "namePublishedInYear nomenclaturalCode nomenclaturalStatus order originalNameUsage originalNameUsageID "
     "parentNameUsage parentNameUsageID phylum scientificName scientificNameAuthorship scientificNameID "
     "specificEpithet subgenus taxonConceptID taxonID taxonomicStatus taxonRank taxonRemarks verbatimTaxonRank "
     "vernacularName:l"},
    {"TemporalCoverage", false, "tempCoverageFrom/From:d tempCoverageTo/To:d"},
    {"TextRegion", false, "Region{Area} RegionText"},
    {"Thumbnail", false, "format height image@base64 width"},
    {"Time", false, "scale:r value"},
    {"Timecode", false, "timeFormat@timeFormat timeValue value"},
    {"TimeScaleStretch", false, "frameOverlappingPercentage frameSize quality@quality"},
    {"Track", false, "frameRate markers*{Marker} trackName trackType"},
    {"VendorInfo", false, "Manufacturer Model Notes"},
    {"Version", false, "comments event{ResourceEvent} modifier modifyDate:d version"},
    {"WindowsAtom", false, "extension invocationFlags uncProjectPath"},
};

}  // namespace

std::span<const XmpStructureSource> XmpStructureSources() { return kStructures; }

}  // namespace cairn
