// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
internal import DurableFiles
internal import SigningKeys
internal import Sigstore
public import Transport
internal import TrustCore

/// Sends packages to a channel of a server, by prefix.dev's protocol: a form with the package and its
/// attestations.
///
/// To send the same package again is safe: a server that has the same bytes says so. What the server answers
/// is not verified, for only who asks it later with a pinned root can know what it serves.
public struct PackagePublisher: Sendable {
    /// The channel.
    public let channel: ChannelURL
    private let address: String
    private let key: String
    private let caller: HTTPServiceCaller
    private let pause: @Sendable (Duration) async throws -> Void

    /// How long to wait before each further attempt.
    private static let pauses: [Duration] = [.seconds(1), .seconds(4), .seconds(10)]

    /// - Parameters:
    ///   - channel: the channel's URL, `https://SERVER/CHANNEL`, without credentials.
    ///   - key: a secret of the server; it goes into a header field, and nowhere else.
    ///   - pause: waits between attempts.
    /// - Throws: a `Failure` for a URL without a channel, or with credentials, and for a key that fits no
    ///   header field.
    public init(
        to channel: ChannelURL,
        key: String,
        caller: HTTPServiceCaller,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) throws {
        guard ByteKey.areEqual(channel.textWithCredentials, channel.identity) else {
            throw Failure(.configuration, "a key does not belong into a URL", at: channel.description)
        }
        guard let slash = channel.identity.utf8.lastIndex(of: UInt8(ascii: "/")), !channel.name.isEmpty else {
            throw Failure(.configuration, "the URL names no channel", at: channel.description)
        }
        guard !key.isEmpty, key.utf8.allSatisfy({ (0x21..<0x7F).contains($0) }) else {
            throw Failure(.configuration, "the key has characters that no key has")
        }
        let server = String(channel.identity[..<slash])
        address = "\(server)/api/v1/upload/\(PercentEncoding.segment(channel.name))"
        self.channel = channel
        self.key = key
        self.caller = caller
        self.pause = pause
    }

    /// Sends a package, and asks again where the network or the server fails for the moment.
    ///
    /// - Parameter sent: is told of each piece that was sent.
    /// - Throws: `upload.refused-by-server`, or a `Failure`.
    public func publish(
        _ package: IncomingPackage,
        sent: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> PublishedPackage {
        for time in Self.pauses {
            do { return try await attempt(package, sent) } catch let failure as Failure {
                guard let fault = failure.cause as? any TransientFault, fault.isTransient else {
                    throw failure
                }
            }
            try await pause(time)
        }
        return try await attempt(package, sent)
    }

    private func attempt(_ package: IncomingPackage, _ sent: @escaping @Sendable (Int) -> Void) async throws
        -> PublishedPackage
    {
        let name = package.fileName.text
        guard let file = try OpenFile(readingIfThere: package.path) else {
            throw Failure(.disk, "the file is gone", at: package.path)
        }
        let form = PublisherForm(package)
        let response = try await caller.send(
            FileUpload(
                address,
                headers: [("authorization", "Bearer \(key)"), ("content-type", form.contentType)],
                before: form.before,
                file: try file.stored(),
                after: form.after
            ),
            sent: sent
        )
        switch response.status {
        case 200..<300: return try PublishedPackage(package, response.body)
        case 406, 408, 425, 429, 500...:
            throw Failure(
                .network,
                "the server did not take `\(name)`: \(ServerWords(response).text)",
                at: address,
                // A digest that differs (406) is a fault on the way, like one of the network.
                cause: response.status == 406 ? .interrupted : TransferFault.status(response.status)
            )
        default:
            let words = ServerWords(response)
            throw Refusal(
                UploadCode.refusedByServer,
                name,
                at: address,
                found: words.text,
                remedy: words.remedy
            )
        }
    }
}

/// The form that holds a package.
private struct PublisherForm {
    let contentType: String
    let before: [UInt8]
    let after: [UInt8]

    init(_ package: IncomingPackage) {
        let name = package.fileName.text, sha256 = package.sha256.hex
        // No file can hold its own digest, so none holds this.
        let boundary = "kingsnake-\(sha256.prefix(40))"
        contentType = "multipart/form-data; boundary=\(boundary)"
        let head = [
            "--\(boundary)", "Content-Disposition: form-data; name=\"file\"; filename=\"\(name)\"",
            "Content-Type: application/octet-stream", "Content-Length: \(package.size)",
            "X-File-Name: \(name)",
            "X-File-SHA256: \(sha256)", "", "",
        ]
        before = Array(head.joined(separator: "\r\n").utf8)
        var after: [UInt8] = []
        if let sidecar = package.sidecar?.sidecar {
            let head = [
                "", "--\(boundary)", "Content-Disposition: form-data; name=\"attestation\"",
                "Content-Type: application/json", "", "",
            ]
            // Other servers take one bundle, and no array of them.
            let content = sidecar.count == 1 ? sidecar.bundles[0] : sidecar.bytes
            after += Array(head.joined(separator: "\r\n").utf8) + content
        }
        self.after = after + Array("\r\n--\(boundary)--\r\n".utf8)
    }
}

/// What a server says of a refusal, as far as it can be shown.
struct ServerWords {
    let text: String
    let remedy: String?

    init(_ response: ServiceResponse) {
        let fields = try? JSONFields(try JSONReader.read(response.body, of: "answer"), of: "answer")
        let detail =
            fields?.object["detail"]?.string ?? String(decoding: response.body.prefix(512), as: UTF8.self)
        let words = Printable.text(detail, limit: 512)
        text = "HTTP \(response.status)" + (words.isEmpty ? "" : ": \(words)")
        remedy = fields?.object["remedy"]?.string.map { Printable.text($0, limit: 512) }
    }
}
