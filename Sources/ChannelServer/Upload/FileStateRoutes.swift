// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import TrustCore

/// Takes files out of indexes and puts them back: `POST /api/v1/channels/CHANNEL/files/SUBDIR/FILE/yank`,
/// `…/unyank` and `…/remove`, with `{"reason": "…"}` as the body, or without a body.
public struct FileStateRoutes: ServerRoutes {
    let parts: ServerParts

    /// The longest reason, in bytes.
    static let maximumReason = 1000
    private static let maximumBody = 8 << 10

    /// Makes the routes.
    public init(_ parts: ServerParts) { self.parts = parts }

    func add(to router: Router<ServerContext>) {
        for change in FileStateChange.allCases {
            let path = RouterPath("/api/v1/channels/:channel/files/:subdir/:file/\(change.rawValue)")
            router.on(path, method: .post) { request, context in
                try await answer(change, request, context)
            }
        }
    }

    private func answer(_ change: FileStateChange, _ request: Request, _ context: ServerContext) async throws
        -> Response
    {
        let channel = try UploadRoutes.parameter("channel", context)
        let subdir = try Subdir(try UploadRoutes.parameter("subdir", context))
        let fileName = try ArchiveFileName(try UploadRoutes.parameter("file", context))
        let body = SmallBody(Self.maximumBody)
        try await BodyPace.receive(request, UploadLimits()) { try await body.write($0) }
        let (file, hasChanged) = try await change.apply(
            to: fileName,
            in: subdir,
            of: channel,
            by: context.caller,
            because: try Self.reason(await body.bytes),
            parts
        )
        var object = JSONObject()
        object["channel"] = .string(channel)
        object["subdir"] = .string(file.subdir.text)
        object["file"] = .string(file.fileName.text)
        object["state"] = .string(file.state.rawValue)
        object["changed"] = .bool(hasChanged)
        return Response(
            status: .ok,
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.encode(.object(object))))
        )
    }

    private static func reason(_ body: [UInt8]) throws -> String? {
        guard !body.isEmpty else { return nil }
        let subject = "the request"
        let fields = try JSONFields(try JSONReader.read(body, of: subject), of: subject)
        guard fields.object.keys.allSatisfy({ ByteKey.areEqual($0, "reason") }) else {
            throw Refusal(ServerCode.requestMalformed, subject, expected: "`reason` alone")
        }
        let reason = try fields.optionalString("reason")
        guard (reason?.utf8.count ?? 0) <= maximumReason else {
            throw Refusal(
                ServerCode.requestMalformed,
                subject,
                expected: "a reason of at most \(maximumReason) bytes"
            )
        }
        return reason
    }
}
