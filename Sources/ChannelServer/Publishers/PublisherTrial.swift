// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import DurableFiles
public import Sigstore
import TUF
public import TrustCore
public import TrustPolicy

/// What a policy of publishers would make of the files that a channel has: tried out before it is signed.
///
/// Each file's attestations are verified, and judged by the rules of clients. Reads the channel's folder,
/// verified from the root down; no key is needed.
public struct PublisherTrial: Sendable {
    /// How many files the policy says something of.
    public private(set) var judgedCount = 0
    /// The files that clients would refuse.
    public private(set) var refused: [RefusedFile] = []
    /// Those among them that clients do not refuse now.
    public private(set) var lockedOut: [RefusedFile] = []

    /// Tries a policy.
    ///
    /// - Parameter policy: what would be signed; nil for no policy, which refuses nothing.
    /// - Throws: `channel.not-a-channel`, or the refusal of whatever is wrong with the channel's metadata, its
    ///   indexes or the policy in force.
    public init(of policy: PublisherPolicy?, inChannelAt directory: String, verifier: BundleVerifier) throws {
        guard let policy else { return }
        let editor = try RepositoryEditor(channel: directory, root: nil)
        let judge = PublisherJudge(policy: policy, verifier: verifier)
        let inForce = try editor.publishers(in: directory)?.policy
        let isInForce = inForce == policy
        let before = inForce.map { PublisherJudge(policy: $0, verifier: verifier) }
        for (role, metadata) in editor.roles.sorted(by: { $0.key < $1.key }) {
            guard (try? Subdir(role.text)) != nil,
                let contents = try SignedFiles(directory: directory).contents(of: role, metadata)
            else { continue }
            for record in contents.records.values.sorted(by: { $0.fileName < $1.fileName })
            where policy.entry(for: record.name) != nil {
                judgedCount += 1
                let file = ChannelFile(subdir: contents.subdir, fileName: record.fileName)
                let sidecar = try SignedFiles(directory: directory).sidecar(of: file, record)
                guard let objection = try judge.objection(to: file, record, sidecar) else { continue }
                refused.append(objection)
                // What is in force already locks nobody out.
                if try !isInForce && before?.objection(to: file, record, sidecar) == nil {
                    lockedOut.append(objection)
                }
            }
        }
    }

    /// The files that a channel lists without attestations, of the packages that a pattern fits, in the order of
    /// their subdirs and names: what an entry excepts that is about later files only. Whoever signs that should
    /// look at them, for one that a thief of the online key has put in is among them.
    public static func unattested(
        _ pattern: PackagePattern,
        inChannelAt directory: String
    ) throws -> [(file: ChannelFile, sha256: Digest)] {
        let editor = try RepositoryEditor(channel: directory, root: nil)
        var found: [(file: ChannelFile, sha256: Digest)] = []
        for (role, metadata) in editor.roles where (try? Subdir(role.text)) != nil {
            guard let contents = try SignedFiles(directory: directory).contents(of: role, metadata) else {
                continue
            }
            for record in contents.records.values
            where pattern.matches(record.name) && record.attestationsSHA256 == nil {
                guard let sha256 = record.sha256 else { continue }
                found.append((ChannelFile(subdir: contents.subdir, fileName: record.fileName), sha256))
            }
        }
        return found.sorted { $0.file < $1.file }
    }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["judged"] = .number(JSONNumber(Int64(judgedCount)))
        object["refused"] = .array(refused.map { .object($0.json) })
        object["locked_out"] = .array(lockedOut.map { .object($0.json) })
        return object
    }
}

extension SignedFiles {
    /// The attestations of a file that its record promises; nil if it promises none, or the folder has not
    /// the bytes that it promises, or they are no sidecar: clients cannot use them either.
    func sidecar(of file: ChannelFile, _ record: PackageRecord) throws -> Sigstore.Sidecar? {
        guard let digest = record.attestationsSHA256 else { return nil }
        let names = [
            ChannelLayout.sidecar(of: file.fileName, digest, in: file.subdir),
            ChannelLayout.sidecar(of: file.fileName, in: file.subdir),
        ]
        for name in names {
            let limit = Sigstore.Sidecar.maximumLength
            guard let bytes = try DurableFile.read(directory + "/" + name, maximumLength: limit) else {
                continue
            }
            let sidecar = try? Sigstore.Sidecar(parsing: bytes, expecting: digest, of: file.description)
            if let sidecar { return sidecar }
        }
        return nil
    }
}
