#include "extract/xmp_schema.h"

namespace cairn {
namespace {

// Schemas of standards: Dublin Core, IPTC, PLUS, PRISM, MWG, Darwin Core.
constexpr XmpSource kSchemas[] = {
    {"cc",
     "attributionName attributionURL deprecatedOn:d jurisdiction legalcode=LegalCode license morePermissions "
     "permits*@permits prohibits*@prohibits requires*@requires useGuidelines"},
    {"dc",
     "contributor* coverage creator* date:d* description:l format identifier language* publisher* relation* "
     "rights:l source subject* title:l type*"},
    {"dwc",
     "dctermsLocation=DCTermsLocation/DC{DCTermsLocation} Event=DCEvent/Event{Event} ~EventEventDate=EventDate "
     "~EventEventID=EventID ~EventEventRemarks=EventRemarks ~EventEventTime=EventTime "
     "FossilSpecimen{MaterialSample} GeologicalContext/{GeologicalContext} ~GeologicalContextBed "
     "~GeologicalContextFormation ~GeologicalContextGroup ~GeologicalContextMember HumanObservation{Event} "
     "Identification/{Identification} LivingSpecimen{MaterialSample} MachineObservation{Event} "
     "MaterialSample{MaterialSample} ~MaterialSampleMaterialSampleID=MaterialSampleID "
     "MeasurementOrFact/{MeasurementOrFact} Occurrence{Occurrence} "
     "~OccurrenceOccurrenceDetails=OccurrenceDetails ~OccurrenceOccurrenceID=OccurrenceID "
     "~OccurrenceOccurrenceRemarks=OccurrenceRemarks ~OccurrenceOccurrenceStatus=OccurrenceStatus "
     "Organism{Organism} ~OrganismOrganismID=OrganismID ~OrganismOrganismName=OrganismName "
     "~OrganismOrganismRemarks=OrganismRemarks ~OrganismOrganismScope=OrganismScope "
     "PreservedSpecimen{MaterialSample} Record{Record} ResourceRelationship/{ResourceRelationship} Taxon{Taxon} "
     "~TaxonTaxonConceptID=TaxonConceptID ~TaxonTaxonID=TaxonID ~TaxonTaxonRank=TaxonRank "
     "~TaxonTaxonRemarks=TaxonRemarks"},
    {"Iptc4xmpCore",
     "AltTextAccessibility:l CountryCode CreatorContactInfo{ContactInfo} "
     "~CreatorContactInfoCiAdrCity=CreatorCity ~CreatorContactInfoCiAdrCtry=CreatorCountry "
     "~CreatorContactInfoCiAdrExtadr=CreatorAddress ~CreatorContactInfoCiAdrPcode=CreatorPostalCode "
     "~CreatorContactInfoCiAdrRegion=CreatorRegion ~CreatorContactInfoCiEmailWork=CreatorWorkEmail "
     "~CreatorContactInfoCiTelWork=CreatorWorkTelephone ~CreatorContactInfoCiUrlWork=CreatorWorkURL "
     "ExtDescrAccessibility:l IntellectualGenre Location Scene* SubjectCode*"},
    {"Iptc4xmpExt",
     "AboutCvTerm*{CVTermDetails} ~AboutCvTermCvId ~AboutCvTermCvTermId=AboutCvTermId "
     "~AboutCvTermCvTermName=AboutCvTermName ~AboutCvTermCvTermRefinedAbout=AboutCvTermRefinedAbout "
     "AddlModelInfo=AdditionalModelInformation ArtworkOrObject*{ArtworkOrObjectDetails} "
     "~ArtworkOrObjectAOCircaDateCreated=ArtworkCircaDateCreated "
     "~ArtworkOrObjectAOContentDescription=ArtworkContentDescription "
     "~ArtworkOrObjectAOContributionDescription=ArtworkContributionDescription "
     "~ArtworkOrObjectAOCopyrightNotice=ArtworkCopyrightNotice ~ArtworkOrObjectAOCreator=ArtworkCreator "
     "~ArtworkOrObjectAOCreatorId=ArtworkCreatorID "
     "~ArtworkOrObjectAOCurrentCopyrightOwnerId=ArtworkCopyrightOwnerID "
     "~ArtworkOrObjectAOCurrentCopyrightOwnerName=ArtworkCopyrightOwnerName "
     "~ArtworkOrObjectAOCurrentLicensorId=ArtworkLicensorID "
     "~ArtworkOrObjectAOCurrentLicensorName=ArtworkLicensorName ~ArtworkOrObjectAODateCreated=ArtworkDateCreated "
     "~ArtworkOrObjectAOPhysicalDescription=ArtworkPhysicalDescription ~ArtworkOrObjectAOSource=ArtworkSource "
     "~ArtworkOrObjectAOSourceInvNo=ArtworkSourceInventoryNo ~ArtworkOrObjectAOSourceInvURL=ArtworkSourceInvURL "
     "~ArtworkOrObjectAOStylePeriod=ArtworkStylePeriod ~ArtworkOrObjectAOTitle=ArtworkTitle "
     "audioBitRate=AudioBitrate audioBitRateMode=AudioBitrateMode@audioBitrateMode audioBitsPerSample "
     "audioChannelCount CircaDateCreated ContainerFormat{Entity} Contributor*{EntityWithRole} CopyrightYear "
     "Creator*{EntityWithRole} CVterm=ControlledVocabularyTerm* DataOnScreen*{TextRegion} "
     "DigImageGUID=DigitalImageGUID DigitalSourcefileType=DigitalSourceFileType DigitalSourceType Dopesheet:l "
     "DopesheetLink*{QualifiedLink} EmbdEncRightsExpr*{EEREDetails} "
     "~EmbdEncRightsExprEncRightsExpr=EmbeddedEncodedRightsExpr "
     "~EmbdEncRightsExprRightsExprEncType=EmbeddedEncodedRightsExprType "
     "~EmbdEncRightsExprRightsExprLangId=EmbeddedEncodedRightsExprLangID Episode{EpisodeOrSeason} Event:l "
     "EventExt=ShownEvent*{Entity} EventId=EventID* ExternalMetadataLink* FeedIdentifier Genre*{CVTermDetails} "
     "Headline:l ImageRegion*{ImageRegion} IptcLastEdited=IPTCLastEdited:d LinkedEncRightsExpr*{LEREDetails} "
     "~LinkedEncRightsExprLinkedRightsExpr=LinkedEncodedRightsExpr "
     "~LinkedEncRightsExprRightsExprEncType=LinkedEncodedRightsExprType "
     "~LinkedEncRightsExprRightsExprLangId=LinkedEncodedRightsExprLangID LocationCreated*{LocationDetails} "
     "LocationShown*{LocationDetails} MaxAvailHeight MaxAvailWidth metadataAuthority{Entity} "
     "metadataLastEdited:d metadataLastEditor{Entity} ModelAge* OrganisationInImageCode* "
     "OrganisationInImageName* parentId=ParentID PersonHeard*{Entity} PersonInImage* "
     "PersonInImageWDetails*{PersonDetails} "
     "~PersonInImageWDetailsPersonCharacteristic=PersonInImageCharacteristic "
     "~PersonInImageWDetailsPersonCharacteristicCvId=PersonInImageCvTermCvId "
     "~PersonInImageWDetailsPersonCharacteristicCvTermId=PersonInImageCvTermId "
     "~PersonInImageWDetailsPersonCharacteristicCvTermName=PersonInImageCvTermName "
     "~PersonInImageWDetailsPersonCharacteristicCvTermRefinedAbout=PersonInImageCvTermRefinedAbout "
     "~PersonInImageWDetailsPersonDescription=PersonInImageDescription "
     "~PersonInImageWDetailsPersonId=PersonInImageId ~PersonInImageWDetailsPersonName=PersonInImageName "
     "PlanningRef*{EntityWithRole} ProductInImage*{ProductDetails} "
     "~ProductInImageProductDescription=ProductInImageDescription ~ProductInImageProductGTIN=ProductInImageGTIN "
     "~ProductInImageProductName=ProductInImageName PublicationEvent*{PublicationEvent} Rating*{Rating} "
     "RecDevice{Device} RegistryId=RegistryID*{RegistryEntryDetails} ~RegistryIdRegEntryRole=RegistryEntryRole "
     "~RegistryIdRegItemId=RegistryItemID ~RegistryIdRegOrgId=RegistryOrganisationID ReleaseReady "
     "Season{EpisodeOrSeason} Series{Series} SnapshotLink=Snapshot*{LinkedImage} StorylineIdentifier* "
     "StreamReady@streamReady StylePeriod SupplyChainSource*{Entity} TemporalCoverage{TemporalCoverage} "
     "Transcript:l TranscriptLink*{QualifiedLink} videoBitRate=VideoBitrate "
     "videoBitRateMode=VideoBitrateMode@audioBitrateMode videoDisplayAspectRatio:r videoEncodingProfile "
     "VideoShotType*{Entity} videoStreamsCount VisualColour=VisualColor@visualColor WorkflowTag{CVTermDetails}"},
    {"mwg-coll", "Collections/*{CollectionInfo}"},
    {"mwg-kw",
     "Keywords=KeywordInfo{KeywordInfo} ~KeywordsHierarchy=HierarchicalKeywords "
     "~KeywordsHierarchyApplied=HierarchicalKeywords1Applied "
     "~KeywordsHierarchyChildren=HierarchicalKeywords1Children "
     "~KeywordsHierarchyChildrenApplied=HierarchicalKeywords2Applied "
     "~KeywordsHierarchyChildrenChildren=HierarchicalKeywords2Children "
     "~KeywordsHierarchyChildrenChildrenApplied=HierarchicalKeywords3Applied "
     "~KeywordsHierarchyChildrenChildrenChildren=HierarchicalKeywords3Children "
     "~KeywordsHierarchyChildrenChildrenChildrenApplied=HierarchicalKeywords4Applied "
     "~KeywordsHierarchyChildrenChildrenChildrenChildren=HierarchicalKeywords4Children "
     "~KeywordsHierarchyChildrenChildrenChildrenChildrenApplied=HierarchicalKeywords5Applied "
     "~KeywordsHierarchyChildrenChildrenChildrenChildrenChildren=HierarchicalKeywords5Children "
     "~KeywordsHierarchyChildrenChildrenChildrenChildrenChildrenApplied=HierarchicalKeywords6Applied "
     "~KeywordsHierarchyChildrenChildrenChildrenChildrenChildrenKeyword=HierarchicalKeywords6 "
     "~KeywordsHierarchyChildrenChildrenChildrenChildrenKeyword=HierarchicalKeywords5 "
     "~KeywordsHierarchyChildrenChildrenChildrenKeyword=HierarchicalKeywords4 "
     "~KeywordsHierarchyChildrenChildrenKeyword=HierarchicalKeywords3 "
     "~KeywordsHierarchyChildrenKeyword=HierarchicalKeywords2 ~KeywordsHierarchyKeyword=HierarchicalKeywords1"},
    {"mwg-rs", "Regions=RegionInfo/Region{RegionInfo2} ~RegionsRegionList=RegionList"},
    {"plus",
     "AdultContentWarning@adultContentWarning CopyrightOwner/*{CopyrightOwner} CopyrightOwnerImageID "
     "CopyrightRegistrationNumber CopyrightStatus@copyrightStatus CreditLineRequired@creditLineRequired "
     "Custom1:l* Custom10:l* Custom2:l* Custom3:l* Custom4:l* Custom5:l* Custom6:l* Custom7:l* Custom8:l* "
     "Custom9:l* EndUser/*{EndUser} FileNameAsDelivered FirstPublicationDate:d "
     "ImageAlterationConstraints*@imageAlterationConstraints ImageCreator/*{ImageCreator} ImageCreatorImageID "
     "ImageDuplicationConstraints@imageDuplicationConstraints ImageFileConstraints*@imageFileConstraints "
     "ImageFileFormatAsDelivered@imageFileFormatAsDelivered ImageFileSizeAsDelivered@imageFileSizeAsDelivered "
     "ImageSupplier/*{ImageSupplier} ImageSupplierImageID ImageType@imageType Licensee/*{Licensee} "
     "LicenseeImageID LicenseeImageNotes:l LicenseEndDate:d LicenseeProjectReference* LicenseeTransactionID* "
     "LicenseID LicenseStartDate:d LicenseTransactionDate:d Licensor/*{Licensor} LicensorImageID LicensorNotes:l "
     "LicensorTransactionID* MediaConstraints:l MediaSummaryCode MinorModelAgeDisclosure@minorModelAgeDisclosure "
     "ModelReleaseID* ModelReleaseStatus@modelReleaseStatus OtherConditions:l OtherConstraints:l "
     "OtherImageInfo:l OtherLicenseDocuments* OtherLicenseInfo:l OtherLicenseRequirements:l "
     "ProductOrServiceConstraints:l PropertyReleaseID* PropertyReleaseStatus@propertyReleaseStatus "
     "RegionConstraints:l Reuse@reuse TermsAndConditionsText:l TermsAndConditionsURL Version=PLUSVersion"},
    {"pmi",
     "color@color contactInfo displayName distributorProductID eventAlias eventEnd eventStart eventSubtype "
     "eventType field framing location make manufacturer model modelYear objectDescription objectSubtype "
     "objectType orientation@orientation positionDescriptor productID productIDType season@season sequenceName "
     "sequenceNumber sequenceTotalNumber setting shootID slideshowName slideshowNumber slideshowTotalNumber "
     "viewpoint visualTechnique"},
    {"prism",
     "academicField aggregateIssueNumber aggregationType* alternateTitle*{prismAlternateTitle} blogTitle blogURL "
     "bookEdition byteCount channel*{prismChannel} complianceProfile@complianceProfile contentType copyrightYear "
     "corporateEntity* coverDate:d coverDisplayDate creationDate:d dateRecieved:d device distributor doi=DOI "
     "edition eIssn endingPage event* genre* hasAlternative* hasCorrection{prismHasCorrection} hasTranslation* "
     "industry* isAlternativeOf* isbn=ISBN* isCorrectionOf* issn=ISSN issueIdentifier issueName issueTeaser "
     "issueType isTranslationOf keyword* killDate{prismKillDate} link* location* modificationDate:d "
     "nationalCatalogNumber number object* offSaleDate*{prismOffSaleDate} onSaleDate*{prismOnSaleDate} "
     "onSaleDay*{prismOnSaleDay} organization* originPlatform*@originPlatform pageCount "
     "pageProgressionDirection@pageProgressionDirection pageRange* person platform productCode profession "
     "publicationDate*{prismPublicationDate} publicationDisplayDate*{prismPublicationDate} publicationName "
     "publishingFrequency rating samplePageRange section sellingAgency seriesNumber seriesTitle sport "
     "startingPage subsection1 subsection2 subsection3 subsection4 subtitle supplementDisplayID "
     "supplementStartingPage supplementTitle teaser* ticker* timePeriod url=URL*{prismUrl} uspsNumber "
     "versionIdentifier volume wordCount"},
    {"prl", "geography* industry* usage*"},
    {"prm",
     "cookingEquipment cookingMethod course cuisine dietaryNeeds dishType duration ingredientExclusion "
     "mainIngredient meal recipeEndingPage recipePageRange recipeSource recipeStartingPage recipeTitle "
     "servingSize skillLevel specialOccasion yield"},
    {"pur",
     "adultContentWarning* agreement* copyright:l creditLine* embargoDate:d* exclusivityEndDate:d* "
     "expirationDate:d* imageSizeRestriction optionEndDate:d* permissions* restrictions* reuseProhibited "
     "rightsAgent rightsOwner"},
};

}  // namespace

std::span<const XmpSource> XmpStandardSources() { return kSchemas; }

}  // namespace cairn
