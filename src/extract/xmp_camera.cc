#include "extract/xmp_schema.h"

namespace cairn {
namespace {

// Exif as XMP, and schemas of cameras and telephones.
constexpr XmpSource kSchemas[] = {
    {"aas",
     "AffineA AffineB AffineC AffineD AffineX AffineY CropH CropW CropX CropY Curve0x Curve0y Curve1x Curve1y "
     "Curve2x Curve2y Curve3x Curve3y Curve4x Curve4y FaceBalanceOrigI FaceBalanceOrigQ FaceBalanceStrength "
     "FaceBalanceWarmth Highlights Shadows Vibrance"},
    {"apple-fi", "AngleInfoRoll AngleInfoYaw ConfidenceLevel FaceID Timestamp=TimeStamp"},
    {"ast",
     "about GPSAltitude GPSAltitudeRef GPSImgDirection GPSImgDirectionRef@gPSImgDirectionRef GPSLatitude "
     "GPSLatitudeRef GPSLongitude GPSLongitudeRef GPSMapDatum GPSVersionID IPTC@binary version XMLPackets@binary"},
    {"cell",
     "cellid=CellTowerID cgi=CellGlobalID lac=LocationAreaCode mcc=MobileCountryCode mnc=MobileNetworkCode "
     "r=CellR"},
    {"Device",
     "AppInfo{AppInfo} Cameras/*{DeviceCameras} Container{DeviceContainer} EarthPos{EarthPose} "
     "Planes/*{DevicePlanes} Pose{Pose} Profiles/*{DeviceProfiles} VendorInfo{VendorInfo}"},
    {"drone-dji",
     "AbsoluteAltitude CalibratedFocalLength CalibratedOpticalCenterX CalibratedOpticalCenterY CamReverse "
     "DewarpData DewarpFlag FlightPitchDegree FlightRollDegree FlightXSpeed FlightYawDegree FlightYSpeed "
     "FlightZSpeed GimbalPitchDegree GimbalReverse GimbalRollDegree GimbalYawDegree "
     "GpsLatitude=GPSLatitude@latitude GpsLongitude=GPSLongitude@longitude GpsLongtitude=GPSLongtitude@longitude "
     "Latitude@latitude Longitude@longitude RelativeAltitude RtkFlag RtkStdHgt RtkStdLat RtkStdLon SelfData"},
    {"exif",
     "ApertureValue:r@exif BrightnessValue:r CFAPattern{CFAPattern} ColorSpace@colorSpace "
     "ComponentsConfiguration*@componentsConfiguration CompressedBitsPerPixel:r Contrast@exif "
     "CustomRendered@exif DateTimeDigitized:d DateTimeOriginal:d DeviceSettingDescription{DeviceSettings} "
     "DigitalZoomRatio:r ExifVersion ExposureBiasValue=ExposureCompensation:r@exif ExposureIndex:r "
     "ExposureMode@exif ExposureProgram@exif ExposureTime:r@exif FileSource@exif Flash{Flash} FlashEnergy:r "
     "FlashpixVersion FNumber:r@exif FocalLength:r@exif "
     "FocalLengthIn35mmFilm=FocalLengthIn35mmFormat@millimeters FocalPlaneResolutionUnit@exif "
     "FocalPlaneXResolution:r FocalPlaneYResolution:r GainControl@exif GPSAltitude:r@exif GPSAltitudeRef@exif "
     "GPSAreaInformation GPSDestBearing:r GPSDestBearingRef@gPSImgDirectionRef GPSDestDistance:r "
     "GPSDestDistanceRef@gPSDestDistanceRef GPSDestLatitude@degrees GPSDestLongitude@degrees "
     "GPSDifferential@exif GPSDOP:r GPSHPositioningError:r@exif GPSImgDirection:r "
     "GPSImgDirectionRef@gPSImgDirectionRef GPSLatitude@degrees GPSLongitude@degrees GPSMapDatum "
     "GPSMeasureMode@exif GPSProcessingMethod GPSSatellites GPSSpeed:r GPSSpeedRef@gPSSpeedRef "
     "GPSStatus@gPSStatus GPSTimeStamp=GPSDateTime:d GPSTrack:r GPSTrackRef@gPSImgDirectionRef GPSVersionID "
     "ImageUniqueID ISOSpeedRatings=ISO* LightSource@exif MakerNote MaxApertureValue:r@exif MeteringMode@exif "
     "NativeDigest OECF=Opto-ElectricConvFactor/OECF{OECF} PixelXDimension=ExifImageWidth "
     "PixelYDimension=ExifImageHeight RelatedSoundFile Saturation@exif SceneCaptureType@exif SceneType@exif "
     "SensingMethod@exif Sharpness@exif ShutterSpeedValue:r@exif SpatialFrequencyResponse{OECF} "
     "SpectralSensitivity SubjectArea* SubjectDistance:r@exif SubjectDistanceRange@exif SubjectLocation* "
     "UserComment:l WhiteBalance@exif"},
    {"exifEX",
     "Acceleration:r BodySerialNumber=SerialNumber CameraElevationAngle:r CameraOwnerName=OwnerName "
     "CompositeImage@exif CompositeImageCount* CompositeImageExposureTimes/CompImage{CompImageExp} Gamma:r "
     "Humidity:r InteroperabilityIndex=InteropIndex@interopIndex ISOSpeed ISOSpeedLatitudeyyy "
     "ISOSpeedLatitudezzz LensMake LensModel LensSerialNumber LensSpecification=LensInfo:r*@lens "
     "PhotographicSensitivity Pressure:r RecommendedExposureIndex SensitivityType@exif StandardOutputSensitivity "
     "Temperature=AmbientTemperature:r WaterDepth:r"},
    {"GAudio", "Data=AudioData@base64 Mime=AudioMimeType"},
    {"GCamera",
     "BurstID BurstPrimary DisableAutoCreation* hdrp_makernote=HDRPMakerNote@base64 MicroVideo MicroVideoOffset "
     "MicroVideoPresentationTimestampUs MicroVideoVersion PortraitNote PortraitRequest@base64 PortraitVersion "
     "shot_log_data=ShotLogData@base64 SpecialTypeID*"},
    {"GCreations", "CameraBurstID Type"},
    {"GDepth",
     "Confidence@base64 ConfidenceMime Data=DepthImage@base64 Far Format@format ImageHeight ImageWidth "
     "Manufacturer MeasureType@measureType Mime Model Near Software Units"},
    {"GFocus", "BlurAtInfinity FocalDistance FocalPointX FocalPointY"},
    {"GImage", "Data=ImageData@base64 Mime=ImageMimeType"},
    {"GPano",
     "CaptureSoftware CroppedAreaImageHeightPixels CroppedAreaImageWidthPixels CroppedAreaLeftPixels "
     "CroppedAreaTopPixels ExposureLockUsed FirstPhotoDate:d FullPanoHeightPixels FullPanoWidthPixels "
     "InitialCameraDolly InitialHorizontalFOVDegrees InitialVerticalFOVDegrees InitialViewHeadingDegrees "
     "InitialViewPitchDegrees InitialViewRollDegrees LargestValidInteriorRectHeight LargestValidInteriorRectLeft "
     "LargestValidInteriorRectTop LargestValidInteriorRectWidth LastPhotoDate:d PoseHeadingDegrees "
     "PosePitchDegrees PoseRollDegrees ProjectionType SourcePhotosCount StitchingSoftware UsePanoramaViewer"},
    {"GSpherical",
     "CroppedAreaImageHeightPixels CroppedAreaImageWidthPixels CroppedAreaLeftPixels CroppedAreaTopPixels "
     "FullPanoHeightPixels FullPanoWidthPixels InitialViewHeadingDegrees InitialViewPitchDegrees "
     "InitialViewRollDegrees ProjectionType SourceCount Spherical StereoMode Stitched StitchingSoftware "
     "Timestamp=TimeStamp@seconds"},
    {"LImage", "MajorVersion MinorVersion RightAlbedo@base64"},
    {"nine", "about Label NineEdits@binary Rating Trim@base64 version"},
    {"sdc", "about appname=AppName appversion=AppVersion version"},
    {"tiff",
     "Artist BitsPerSample* Compression@exif Copyright:l DateTime:d ImageDescription:l ImageLength=ImageHeight "
     "ImageWidth Make Model NativeDigest Orientation@exif PhotometricInterpretation@exif "
     "PlanarConfiguration@exif PrimaryChromaticities:r* ReferenceBlackWhite:r* ResolutionUnit@exif "
     "SamplesPerPixel Software TransferFunction* WhitePoint:r* XResolution:r YCbCrCoefficients:r* "
     "YCbCrPositioning@exif YCbCrSubSampling*@yCbCrSubSampling YResolution:r"},
};

}  // namespace

std::span<const XmpSource> XmpCameraSources() { return kSchemas; }

}  // namespace cairn
