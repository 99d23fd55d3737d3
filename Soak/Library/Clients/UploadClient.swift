// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Foundation
internal import TestSupport
internal import TrustCore

/// Sends packages, by each of the protocols and with each way to show a key.
struct UploadClient: Sendable {
    /// A package to be sent.
    struct Package: Sendable {
        let name: HostedName
        let bytes: [UInt8]
        var sha256: String { Digest.of(bytes).hex }
    }

    /// The protocols.
    enum Manner: String, CaseIterable, Sendable {
        case quetz, quetzForm, prefix, artifactory
    }

    let load: Load

    /// Makes a package that nobody has.
    static func package(
        _ channel: SoakChannel,
        name: String,
        version: String,
        _ random: inout SeededGenerator
    ) throws -> Package {
        let subdir = random.pick(SoakChannel.subdirs)
        var builder = PackageBuilder(name: name, version: version, build: "0", subdir: subdir)
        if subdir == "noarch" { builder.noarch = .generic }
        let size =
            switch Int.random(in: 0..<100, using: &random) {
            case ..<80: Int.random(in: 10...4000, using: &random)
            case ..<97: Int.random(in: 10_000...60_000, using: &random)
            default: Int.random(in: 100_000...400_000, using: &random)
            }
        builder.add(file: "share/\(name)/data", bytes: random.bytes(size))
        let format: ArchiveFormat = size < 4001 && random.chance(30) ? .tarBz2 : .conda
        return Package(
            name: HostedName(channel.name, subdir, builder.fileName(format)),
            bytes: try builder.build(format)
        )
    }

    /// Another content under the same name.
    static func rival(of package: Package, _ random: inout SeededGenerator) throws -> Package {
        let stem = package.name.file.replacing(".conda", with: "").replacing(".tar.bz2", with: "")
        let parts = stem.split(separator: "-").map(String.init)
        let name = parts.dropLast(2).joined(separator: "-")
        var builder = PackageBuilder(
            name: name,
            version: parts[parts.count - 2],
            build: "0",
            subdir: package.name.subdir
        )
        if package.name.subdir == "noarch" { builder.noarch = .generic }
        builder.add(file: "share/\(name)/rival", bytes: random.bytes(500))
        let format: ArchiveFormat = package.name.file.hasSuffix(".conda") ? .conda : .tarBz2
        return Package(name: package.name, bytes: try builder.build(format))
    }

    /// Sends a package once.
    @discardableResult
    func send(
        _ package: Package,
        key: String,
        _ manner: Manner,
        _ random: inout SeededGenerator
    ) async -> Fate {
        let request = Request(package, key, manner, &random)
        let history = load.history, state = load.state
        state.change { $0.receiving += 1 }
        let began = history.tick()
        let reply = await load.client.ask(
            request.method,
            request.path,
            fields: request.fields,
            body: .pieces(
                request.body,
                size: Int.random(in: 500...60_000, using: &random),
                announced: random.chance(50),
                sent: {
                    state.change {
                        $0.receiving -= 1
                        $0.committing += 1
                        $0.sent += 1
                    }
                }
            )
        )
        state.change {
            // Where the body did not come to its end, it was still being sent.
            if $0.committing > 0 { $0.committing -= 1 } else { $0.receiving -= 1 }
            if reply.fate.isSuccess { $0.accepted += 1 }
        }
        let attempt = UploadAttempt(
            package.name,
            sha256: package.sha256,
            manner: "\(manner.rawValue), \(request.proof)",
            span: Span(began, history.tick()),
            fate: reply.fate,
            code: reply.fate.isSuccess ? nil : reply.code
        )
        history.add(attempt)
        load.judge(reply, "an upload of \(package.name)")
        if !reply.fate.isSuccess, reply.status != 409 { load.addUnanswered(package) }
        return reply.fate
    }

    /// One request, as a protocol has it.
    struct Request: Sendable {
        let method: String
        var path: String
        var fields: [(String, String)] = []
        var body: [UInt8]
        let proof: String

        init(_ package: Package, _ key: String, _ manner: Manner, _ random: inout SeededGenerator) {
            let (channel, subdir, file) = (package.name.channel, package.name.subdir, package.name.file)
            body = package.bytes
            switch manner {
            case .quetz:
                method = "POST"
                path = "/api/channels/\(channel)/upload/\(file)?force=false&sha256=\(package.sha256)"
            case .artifactory:
                method = "PUT"
                path = "/\(channel)/\(subdir)/\(file)"
                fields.append(("X-Checksum-Sha256", package.sha256))
            case .quetzForm, .prefix:
                method = "POST"
                path = manner == .prefix ? "/api/v1/upload/\(channel)" : "/api/channels/\(channel)/files/"
                let boundary = "soak-\(random.next())"
                fields.append(("Content-Type", "multipart/form-data; boundary=\(boundary)"))
                let field = manner == .prefix ? "file" : "files"
                let head =
                    "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(file)\"\r\n"
                    + "Content-Type: application/octet-stream\r\n\r\n"
                body = Array(head.utf8) + package.bytes + Array("\r\n--\(boundary)--\r\n".utf8)
            }
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                fields.append(("X-API-Key", key))
                proof = "X-API-Key"
            case 1:
                fields.append(("Authorization", "Basic " + Self.basic(key)))
                proof = "Basic"
            case 2:
                path = "/t/\(key)" + path
                proof = "path"
            default:
                fields.append(("Authorization", "Bearer \(key)"))
                proof = "Bearer"
            }
        }

        /// What `Basic` has of a key.
        static func basic(_ key: String) -> String { Base64.text(Array("soak:\(key)".utf8)) }
    }
}
