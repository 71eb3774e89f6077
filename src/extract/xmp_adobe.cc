#include "extract/xmp_schema.h"

namespace cairn {
namespace {

// Adobe's schemas.
constexpr XmpSource kSchemas[] = {
    {"album", "Notes"},
    {"aux",
     "ApproximateFocusDistance:r DistortionCorrectionAlreadyApplied EnhanceDetailsAlreadyApplied "
     "EnhanceDetailsVersion EnhanceSuperResolutionAlreadyApplied EnhanceSuperResolutionScale:r "
     "EnhanceSuperResolutionVersion Firmware FlashCompensation:r ImageNumber IsMergedHDR IsMergedPanorama "
     "LateralChromaticAberrationCorrectionAlreadyApplied Lens LensDistortInfo LensID LensInfo@lens "
     "LensSerialNumber NeutralDensityFactor OwnerName SerialNumber VignetteCorrectionAlreadyApplied"},
    {"creatorAtom", "aeProjectLink{AEProjectLink} macAtom{MacAtom} windowsAtom{WindowsAtom}"},
    {"crs",
     "AlreadyApplied AutoBrightness AutoContrast AutoExposure AutoLateralCA AutoShadows AutoTone AutoToneDigest "
     "AutoToneDigestNoSat AutoWhiteVersion Blacks2012 BlueHue BlueSaturation Brightness CameraModelRestriction "
     "CameraProfile CameraProfileDigest ChromaticAberrationB ChromaticAberrationR "
     "CircularGradientBasedCorrections/CircGradBasedCorr*{Correction} "
     "~CircularGradientBasedCorrectionsCorrectionMasks=CircGradBasedCorrMasks/CircGradBasedCorrMask "
     "~CircularGradientBasedCorrectionsCorrectionMasksDabs=CircGradBasedCorrMaskDabs! Clarity Clarity2012 "
     "ClipboardAspectRatio ClipboardOrientation Cluster ColorGradeBlending ColorGradeGlobalHue "
     "ColorGradeGlobalLum ColorGradeGlobalSat ColorGradeHighlightLum ColorGradeMidtoneHue ColorGradeMidtoneLum "
     "ColorGradeMidtoneSat ColorGradeShadowLum ColorNoiseReduction ColorNoiseReductionDetail "
     "ColorNoiseReductionSmoothness CompatibleVersion ContactInfo Contrast Contrast2012 Converter "
     "ConvertToGrayscale Copyright CropAngle CropBottom CropConstrainToWarp CropHeight CropLeft CropRight "
     "CropTop CropUnit@cropUnit CropUnits@cropUnit CropWidth DefaultAutoGray DefaultAutoTone "
     "DefaultsSpecificToISO DefaultsSpecificToSerial Defringe DefringeGreenAmount DefringeGreenHueHi "
     "DefringeGreenHueLo DefringePurpleAmount DefringePurpleHueHi DefringePurpleHueLo Dehaze Description:l "
     "DNGIgnoreSidecars Exposure Exposure2012 FillLight GradientBasedCorrections/GradientBasedCorr*{Correction} "
     "~GradientBasedCorrectionsCorrectionMasks=GradientBasedCorrMasks/GradientBasedCorrMask "
     "~GradientBasedCorrectionsCorrectionMasksDabs=GradientBasedCorrMaskDabs! GrainAmount GrainFrequency "
     "GrainSeed GrainSize GrayMixerAqua GrayMixerBlue GrayMixerGreen GrayMixerMagenta GrayMixerOrange "
     "GrayMixerPurple GrayMixerRed GrayMixerYellow GreenHue GreenSaturation Group:l HasCrop HasSettings "
     "HDREditMode Highlight2012 HighlightRecovery Highlights2012 HueAdjustmentAqua HueAdjustmentBlue "
     "HueAdjustmentGreen HueAdjustmentMagenta HueAdjustmentOrange HueAdjustmentPurple HueAdjustmentRed "
     "HueAdjustmentYellow IncrementalTemperature IncrementalTint JPEGHandling LensManualDistortionAmount "
     "LensProfileChromaticAberrationScale LensProfileDigest LensProfileDistortionScale LensProfileEnable "
     "LensProfileFilename LensProfileIsEmbedded LensProfileMatchKeyCameraModelName LensProfileMatchKeyExifMake "
     "LensProfileMatchKeyExifModel LensProfileMatchKeyIsRaw LensProfileMatchKeyLensID "
     "LensProfileMatchKeyLensInfo LensProfileMatchKeyLensName LensProfileMatchKeySensorFormatFactor "
     "LensProfileName LensProfileSetup LensProfileVignettingScale Look{Look} LookName LuminanceAdjustmentAqua "
     "LuminanceAdjustmentBlue LuminanceAdjustmentGreen LuminanceAdjustmentMagenta LuminanceAdjustmentOrange "
     "LuminanceAdjustmentPurple LuminanceAdjustmentRed LuminanceAdjustmentYellow LuminanceNoiseReductionContrast "
     "LuminanceNoiseReductionDetail LuminanceSmoothing MaskGroupBasedCorrections/MaskGroupBasedCorr*{Correction} "
     "MoireFilter@moireFilter Name:l NegativeCacheLargePreviewSize NegativeCacheMaximumSize NegativeCachePath "
     "OverrideLookVignette PaintBasedCorrections/PaintCorrection*{Correction} "
     "~PaintBasedCorrectionsCorrectionMasks=PaintBasedCorrectionMasks/PaintCorrectionMask "
     "~PaintBasedCorrectionsCorrectionMasksDabs=PaintCorrectionMaskDabs! ParametricDarks ParametricHighlights "
     "ParametricHighlightSplit ParametricLights ParametricMidtoneSplit ParametricShadows ParametricShadowSplit "
     "PerspectiveAspect PerspectiveHorizontal PerspectiveRotate PerspectiveScale "
     "PerspectiveUpright@perspectiveUpright PerspectiveVertical PerspectiveX PerspectiveY PostCropVignetteAmount "
     "PostCropVignetteFeather PostCropVignetteHighlightContrast PostCropVignetteMidpoint "
     "PostCropVignetteRoundness PostCropVignetteStyle@postCropVignetteStyle PresetType ProcessVersion "
     "RangeMaskMapInfo=RangeMask/RangeMask{RangeMask} RawFileName RedEyeInfo* RedHue RedSaturation "
     "RetouchAreas/RetouchArea*{RetouchArea} ~RetouchAreasMasks=RetouchAreaMasks/RetouchAreaMask "
     "~RetouchAreasMasksDabs=RetouchAreaMaskDabs! RetouchInfo* Saturation SaturationAdjustmentAqua "
     "SaturationAdjustmentBlue SaturationAdjustmentGreen SaturationAdjustmentMagenta SaturationAdjustmentOrange "
     "SaturationAdjustmentPurple SaturationAdjustmentRed SaturationAdjustmentYellow SDRBlend SDRBrightness "
     "SDRContrast SDRHighlights SDRShadows SDRWhites Shadows Shadows2012 ShadowTint SharpenDetail "
     "SharpenEdgeMasking SharpenRadius Sharpness ShortName:l Smoothness SortName:l SplitToningBalance "
     "SplitToningHighlightHue SplitToningHighlightSaturation SplitToningShadowHue SplitToningShadowSaturation "
     "SupportsAmount SupportsColor SupportsHighDynamicRange SupportsMonochrome SupportsNormalDynamicRange "
     "SupportsOutputReferred SupportsSceneReferred Temperature=ColorTemperature Texture TIFFHandling Tint "
     "ToggleStyleAmount ToggleStyleDigest ToneCurve* ToneCurveBlue* ToneCurveGreen* ToneCurveName@toneCurveName "
     "ToneCurveName2012 ToneCurvePV2012* ToneCurvePV2012Blue* ToneCurvePV2012Green* ToneCurvePV2012Red* "
     "ToneCurveRed* ToneMapStrength UprightCenterMode UprightCenterNormX UprightCenterNormY "
     "UprightDependentDigest UprightFocalLength35mm UprightFocalMode UprightFourSegments_0 UprightFourSegments_1 "
     "UprightFourSegments_2 UprightFourSegments_3 UprightFourSegmentsCount UprightGuidedDependentDigest "
     "UprightPreview UprightTransform_0 UprightTransform_1 UprightTransform_2 UprightTransform_3 "
     "UprightTransform_4 UprightTransform_5 UprightTransformCount UprightVersion UUID Version Vibrance "
     "VignetteAmount VignetteMidpoint What WhiteBalance@whiteBalance Whites2012"},
    {"dex",
     "crc32=CRC32 ffid=FFID licensetype=LicenseType@licenseType os=OS rating revision "
     "shortdescription=ShortDescription:l source"},
    {"DICOM",
     "EquipmentInstitution EquipmentManufacturer PatientDOB=PatientBirthDate:d PatientID PatientName PatientSex "
     "SeriesDateTime:d SeriesDescription SeriesModality SeriesNumber StudyDateTime:d StudyDescription StudyID "
     "StudyPhysician"},
    {"hdr_metadata",
     "ccv_avg_luminance_nits=CCVAvgLuminanceNits ccv_max_luminance_nits=CCVMaxLuminanceNits "
     "ccv_min_luminance_nits=CCVMinLuminanceNits ccv_primaries_xy=CCVPrimariesXY ccv_white_xy=CCVWhiteXY "
     "scene_referred=SceneReferred"},
    {"lr", "hierarchicalSubject* privateRTKInfo weightedFlatSubject*"},
    {"pdf",
     "Author Copyright CreationDate:d Creator Keywords Marked ModDate:d PDFVersion Producer Subject Title "
     "Trapped@trapped"},
    {"photoshop",
     "AuthorsPosition CameraProfiles*{Camera} CaptionWriter Category City ColorMode@colorMode Country Credit "
     "DateCreated:d DocumentAncestors* EmbeddedXMPDigest Headline History ICCProfile=ICCProfileName Instructions "
     "LegacyIPTCDigest SidecarForExtension Source State SupplementalCategories* TextLayers/Text*{Layer} "
     "TransmissionReference Urgency@urgency"},
    {"PixelLive", "AUTHOR=Author COMMENTS=Comments COPYRIGHT=Copyright DATE=Date GENRE=Genre TITLE=Title"},
    {"swf", "bgalpha=BackgroundAlpha forwardlock=ForwardLock maxstorage=MaxStorage type"},
    {"xmp",
     "Advisory* Author BaseURL CreateDate:d CreatorTool Description:l Format Identifier* Keywords Label "
     "MetadataDate:d ModifyDate:d Nickname PageInfo/PageImage*{PageInfo} ~PageInfoImage=PageImage Rating "
     "RatingPercent Thumbnails/Thumbnail*{Thumbnail} Title:l"},
    {"xmpBJ", "JobRef*{JobRef}"},
    {"xmpDM",
     "absPeakAudioFilePath album altTapeName altTimecode{Timecode} artist audioChannelType@audioChannelType "
     "audioCompressor audioModDate:d audioSampleRate audioSampleType@audioSampleType "
     "beatSpliceParams{BeatSpliceStretch} cameraAngle cameraLabel cameraModel cameraMove client "
     "comment=DMComment composer contributedMedia*{Media} copyright director directorPhotography discNumber "
     "duration{Time} engineer fileDataRate:r genre good instrument introTime{Time} key@key logComment loop "
     "lyrics markers*{Marker} metadataModDate:d numberOfBeats outCue{Time} partOfCompilation projectName "
     "projectRef{ProjectLink} pullDown@pullDown relativePeakAudioFilePath relativeTimestamp{Time} releaseDate:d "
     "resampleParams{ResampleStretch} scaleType@scaleType scene shotDate:d shotDay shotLocation shotName "
     "shotNumber shotSize speakerPlacement startTimecode{Timecode} startTimeSampleSize startTimeScale "
     "stretchMode@stretchMode takeNumber tapeName tempo timeScaleParams{TimeScaleStretch} "
     "timeSignature@timeSignature trackNumber Tracks*{Track} videoAlphaMode@videoAlphaMode "
     "videoAlphaPremultipleColor{Colorant} videoAlphaUnityIsTransparent videoColorSpace@videoColorSpace "
     "videoCompressor videoFieldOrder@videoFieldOrder videoFrameRate videoFrameSize{Dimensions} videoModDate:d "
     "videoPixelAspectRatio:r videoPixelDepth@videoPixelDepth"},
    {"xmpMM",
     "DerivedFrom{ResourceRef} DocumentID History*{ResourceEvent} Ingredients*{ResourceRef} InstanceID LastURL "
     "ManagedFrom{ResourceRef} Manager ManagerVariant ManageTo ManageUI Manifest*{ManifestItem} "
     "OriginalDocumentID Pantry*{PantryItem} PreservedFileName RenditionClass RenditionOf{ResourceRef} "
     "RenditionParams SaveID subject* VersionID Versions*{Version}"},
    {"xmpNote", "HasExtendedXMP"},
    {"xmpPLUS", "CreditLineReq ReuseAllowed"},
    {"xmpRights", "Certificate Marked Owner* UsageTerms:l WebStatement"},
    {"xmpTPg",
     "Colorants/Colorant*{Colorant} Fonts/*{Font} ~FontsComposite=FontComposite ~FontsVersionString=FontVersion "
     "HasVisibleOverprint HasVisibleTransparency MaxPageSize{Dimensions} NPages PlateNames* "
     "SwatchGroups*{SwatchGroup} ~SwatchGroupsColorants ~SwatchGroupsGroupName=SwatchGroupName "
     "~SwatchGroupsGroupType=SwatchGroupType"},
};

}  // namespace

std::span<const XmpSource> XmpAdobeSources() { return kSchemas; }

}  // namespace cairn
