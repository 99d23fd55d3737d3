// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Sigstore
internal import TrustCore

/// The three protocols by which publishers' tools send packages: quetz's, prefix.dev's and Artifactory's.
///
/// They differ in where names and digests are said; all of them end in a ``PackageIntake``. The form of
/// errors is the server's own.
public struct UploadRoutes: ServerRoutes {
    let intake: PackageIntake

    /// Makes the routes.
    public init(_ parts: ServerParts, _ settings: UploadSettings = UploadSettings()) {
        intake = PackageIntake(parts, settings)
    }

    func add(to router: Router<ServerContext>) {
        router.post("/api/channels/:channel/upload/:file") { request, context in
            try await noting(context) { try await quetzUpload(request, context) }
        }
        router.post("/api/channels/:channel/files") { request, context in
            try await noting(context) { try await form(.quetz, request, context) }
        }
        router.post("/api/v1/upload/:channel") { request, context in
            try await noting(context) { try await form(.prefix, request, context) }
        }
        router.put("/:channel/:subdir/:file") { request, context in
            try await noting(context) { try await artifactoryUpload(request, context) }
        }
    }

    /// quetz: the package is the body, its name in the path, its digest in the query. `force` asks to replace
    /// what is there, which nobody may.
    private func quetzUpload(_ request: Request, _ context: ServerContext) async throws -> Response {
        let announcement = try PackageAnnouncement(
            fileName: try Self.parameter("file", context),
            sha256: request.uri.queryParameters["sha256"].map(String.init),
            length: Self.length(request)
        )
        return try await body(announcement, request, context)
    }

    /// Artifactory: the package is the body, its subdir and name are in the path, its digest in a header
    /// field. A file of a package's name with `.sigs` at its end has attestations of a package that is there.
    private func artifactoryUpload(_ request: Request, _ context: ServerContext) async throws -> Response {
        let subdir = try Subdir(try Self.parameter("subdir", context))
        let name = try Self.parameter("file", context)
        if let package = PackageSidecar.package(ofFile: name) {
            try await context.demandBody(of: request)
            let bytes = try await Self.small(request, intake.settings.limits)
            let channel = try Self.parameter("channel", context)
            let receipt = try await intake.attest(
                package,
                in: subdir,
                of: channel,
                with: bytes,
                by: context.caller
            )
            return answer([receipt])
        }
        let field = HTTPField.Name("X-Checksum-Sha256")
        var announcement = try PackageAnnouncement(
            fileName: name,
            sha256: field.flatMap { request.headers[$0] },
            length: Self.length(request)
        )
        announcement.subdir = subdir
        return try await body(announcement, request, context)
    }

    /// Takes a package that is the whole body.
    private func body(_ announcement: PackageAnnouncement, _ request: Request, _ context: ServerContext)
        async throws -> Response
    {
        let channel = try Self.parameter("channel", context)
        let package: ReceivedPackage
        do { package = try await intake.begin(announcement, in: channel, by: context.caller) } catch {
            count(error)
            throw error
        }
        do {
            try await context.demandBody(of: request)
            try await BodyPace.receive(request, intake.settings.limits) { try await package.write($0) }
            let delivery = PackageIntake.Delivery(package: package)
            let receipts = try await intake.take([delivery], into: channel, by: context.caller)
            await package.staged.discard()
            return answer(receipts)
        } catch {
            count(error)
            await package.staged.discard()
            throw error
        }
    }

    /// Takes the packages of a form.
    private func form(_ form: UploadForm, _ request: Request, _ context: ServerContext) async throws
        -> Response
    {
        let boundary = try MultipartHead.boundary(request.headers[.contentType])
        let channel = try Self.parameter("channel", context)
        let receiver = FormReceiver(
            form,
            boundary: boundary,
            intake: intake,
            channel: channel,
            caller: context.caller
        )
        do {
            try await context.demandBody(of: request)
            try await BodyPace.receive(request, intake.settings.limits) { try await receiver.read($0) }
            let deliveries = try await receiver.finish()
            let receipts = try await intake.take(deliveries, into: channel, by: context.caller)
            await receiver.discard()
            return answer(receipts)
        } catch {
            count(error)
            await receiver.discard()
            throw FormFailure(names: await receiver.names, error: error)
        }
    }

    /// Does what a request asks for, and notes for operators if it failed.
    private func noting(_ context: ServerContext, _ body: () async throws -> Response) async throws
        -> Response
    {
        do {
            return try await body()
        } catch {
            let form = error as? FormFailure, cause = form?.error ?? error
            let name = form?.names ?? (try? Self.parameter("file", context)) ?? ""
            if let channel = try? Self.parameter("channel", context) {
                await intake.note(cause, of: name, in: channel, by: context.caller)
            }
            throw cause
        }
    }

    /// 201 if something was taken in, 200 if all of it was there.
    private func answer(_ receipts: [IntakeReceipt]) -> Response {
        let publicURL = intake.parts.publicURL
        for receipt in receipts {
            intake.parts.metrics.add("kingsnake_uploads_total", ["outcome": receipt.outcome.rawValue])
        }
        let all = receipts.map { JSONValue.object($0.json(publicURL: publicURL)) }
        let isNew = receipts.contains { $0.outcome == .accepted }
        return Response(
            status: isNew ? .created : .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.encode(["files": .array(all)])))
        )
    }

    /// Counts a request that came to nothing.
    private func count(_ error: any Error) {
        let outcome = error is Refusal ? "refused" : "failed"
        intake.parts.metrics.add("kingsnake_uploads_total", ["outcome": outcome])
    }

    /// A part of the path, decoded once.
    static func parameter(_ name: String, _ context: ServerContext) throws -> String {
        guard let raw = context.parameters.get(name), let text = PercentEncoding.decode(raw) else {
            throw Refusal(ServerCode.requestMalformed, "the path", expected: "well-formed escapes")
        }
        return text
    }

    private static func length(_ request: Request) -> UInt64? {
        request.headers[.contentLength].flatMap { UInt64($0) }
    }

    /// A body that is no longer than attestations may be.
    private static func small(_ request: Request, _ limits: UploadLimits) async throws -> [UInt8] {
        let bytes = SmallBody(Sigstore.Sidecar.maximumLength)
        try await BodyPace.receive(request, limits) { try await bytes.write($0) }
        return await bytes.bytes
    }
}

/// Why a form was not taken in, and what its packages were called as far as it was read.
private struct FormFailure: Error {
    let names: String
    let error: any Error
}
