// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import NIOCore
internal import SigningKeys
internal import Sigstore
internal import TrustCore

/// Which fields a protocol's form has.
enum UploadForm: Sendable {
    /// `files`, as often as there are packages, and `force`, which changes nothing: what is there is never
    /// replaced.
    case quetz
    /// `file`, once, and `attestation`, at most once.
    case prefix

    fileprivate enum Field: Sendable {
        case package
        case attestation
        case force
    }

    fileprivate func field(_ name: String) -> Field? {
        switch (self, name) {
        case (.quetz, "files"), (.prefix, "file"): .package
        case (.quetz, "force"): .force
        case (.prefix, "attestation"): .attestation
        default: nil
        }
    }

    fileprivate func maximumPackages(_ limits: UploadLimits) -> Int {
        self == .prefix ? 1 : limits.packagesPerForm
    }
}

/// Receives a form: stages its packages as they come, and keeps what is short.
actor FormReceiver {
    private enum Target {
        case package(ReceivedPackage)
        case short(SmallBody)
    }

    private let form: UploadForm
    private let intake: PackageIntake
    private let channel: String
    private let caller: Caller
    private var reader: MultipartReader
    private var target: Target?
    private var packages: [ReceivedPackage] = []
    private var attestation: SmallBody?
    private var force: SmallBody?
    /// What its packages are called, those that were refused too: whatever the sender wrote.
    private(set) var names = ""

    init(_ form: UploadForm, boundary: [UInt8], intake: PackageIntake, channel: String, caller: Caller) {
        self.form = form
        self.intake = intake
        self.channel = channel
        self.caller = caller
        reader = MultipartReader(boundary: boundary)
    }

    /// Takes bytes of the form.
    func read(_ bytes: ByteBuffer) async throws {
        for event in try reader.read(bytes) {
            switch event {
            case .part(let head): target = try await begin(head)
            case .data(let data):
                switch target {
                case .package(let package): try await package.write(data)
                case .short(let body): try await body.write(data)
                case nil: preconditionFailure("the reader says that a part begins before it has bytes")
                }
            case .partEnd: target = nil
            }
        }
    }

    /// Ends the form; answers what is to be taken in.
    ///
    /// - Throws: `upload.form` if it did not end, or has no package.
    func finish() async throws -> [PackageIntake.Delivery] {
        try reader.finish()
        guard !packages.isEmpty else { throw MultipartReader.refusal("a package", found: "none") }
        let attestations = await attestation?.bytes
        return packages.map { PackageIntake.Delivery(package: $0, attestations: attestations) }
    }

    /// Throws away what was staged and not kept.
    func discard() async {
        for package in packages { await package.staged.discard() }
    }

    private func begin(_ head: MultipartHead) async throws -> Target {
        let shown = "`\(Printable.text(head.name))`"
        guard let field = form.field(head.name) else {
            throw MultipartReader.refusal("the fields of this protocol", found: shown)
        }
        switch field {
        case .package: return .package(try await beginPackage(head))
        case .attestation:
            guard attestation == nil else {
                throw MultipartReader.refusal("one field \(shown)", found: "two")
            }
            let body = SmallBody(Sigstore.Sidecar.maximumLength)
            attestation = body
            return .short(body)
        case .force:
            guard force == nil else { throw MultipartReader.refusal("one field \(shown)", found: "two") }
            let body = SmallBody(64)
            force = body
            return .short(body)
        }
    }

    private func beginPackage(_ head: MultipartHead) async throws -> ReceivedPackage {
        let limit = form.maximumPackages(intake.settings.limits)
        guard packages.count < limit else {
            throw MultipartReader.refusal("at most \(limit) package\(limit == 1 ? "" : "s")", found: "more")
        }
        guard let name = head.fileName ?? head["x-file-name"] else {
            throw MultipartReader.refusal("a file name with each package", found: "none")
        }
        if names.utf8.count < FailedUpload.maximumName { names += names.isEmpty ? name : ", \(name)" }
        if let other = head["x-file-name"], !ByteKey.areEqual(other, name) {
            throw Refusal(
                UploadCode.name,
                "the form",
                expected: "`\(Printable.text(name))`",
                found: "`\(Printable.text(other))`"
            )
        }
        let length = try head["content-length"].map { text in
            guard let length = UInt64(text) else {
                throw MultipartReader.refusal("a length in digits", found: "`\(Printable.text(text))`")
            }
            return length
        }
        let announcement = try PackageAnnouncement(
            fileName: name,
            sha256: head["x-file-sha256"],
            length: length
        )
        guard !packages.contains(where: { $0.announcement.fileName == announcement.fileName }) else {
            throw MultipartReader.refusal("each package once", found: "`\(name)` twice")
        }
        let package = try await intake.begin(announcement, in: channel, by: caller)
        packages.append(package)
        return package
    }
}
