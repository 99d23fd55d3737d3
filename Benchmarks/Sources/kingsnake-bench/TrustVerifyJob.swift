// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import CondaFormats
import ContentTrust
import DurableFiles
import SigningKeys
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Verifies a channel in the format of conda content trust, as `kingsnake content-trust verify` does: root, key
/// manager, and every record of an index.
struct TrustVerifyJob {
    let folder: String

    /// How many records are trusted, and how many are not.
    func run() async throws -> String {
        let check = ContentTrustCheck(ContentTrustSource(directory: folder), now: TUFInputs.now, keeping: 10)
        let report = try await check.run(root: check.firstRoot(), subdirs: [TrustFolder.subdir()])
        let good = report.subdirs.reduce(0) { $0 + $1.goodCount }
        return "\(good) \(report.subdirs.reduce(0) { $0 + $1.recordCount } - good)"
    }
}

/// Makes what the other jobs need: metadata, the key that signs records, and the index signed.
struct TrustBuildJob {
    let path: String
    let key: String
    let folder: String

    func run() async throws -> String {
        try Folder.create(folder + "/trust/keys", mode: 0o700)
        let trust = folder + "/trust"
        let package = try TUFInputs.key(key)
        try KeyFile.write(package, to: trust + "/keys/package-1.key", protection: .unsafelyUnencrypted)
        // The keys above it are nobody's once their two files are signed.
        let root = try PrivateKey.generate(.ed25519)
        let manager = try PrivateKey.generate(.ed25519)
        let keys: [TrustRole: PrivateKey] = [.root: root, .keyManager: manager, .packageManager: package]
        for (role, signer) in [(TrustRole.root, root), (.keyManager, manager)] {
            let delegations = try role.delegates.compactMap { delegate in
                try keys[delegate].map { key in
                    (delegate, try TrustDelegation([TrustKey(key.publicKey)], threshold: 1))
                }
            }
            let metadata = try TrustMetadata(
                role,
                version: 1,
                timestamp: TUFInputs.made,
                expiration: TUFInputs.made.advanced(bySeconds: 20 * 365 * 86_400),
                delegations: Dictionary(uniqueKeysWithValues: delegations)
            )
            var envelope = try TrustEnvelope(metadata)
            try await envelope.sign(with: signer, now: TUFInputs.made)
            try RawFile.write(envelope.encoded(), to: trust + "/" + role.fileName(version: 1))
        }
        return try await TrustSignJob(path: path, trust: trust, folder: folder + "/channel").run()
    }
}

/// The curve alone, on all cores: no more can be asked of whoever verifies records.
struct TrustCurveJob {
    let count: Int

    func run() async throws -> String {
        let signer = try PrivateKey.generate(.ed25519)
        let message = Array(repeating: UInt8(ascii: "a"), count: 600)
        let signature = try signer.sign(message)
        let key = signer.publicKey
        let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        let valid = await withTaskGroup(of: Int.self) { group in
            for core in 0..<cores {
                let share = count / cores + (core < count % cores ? 1 : 0)
                group.addTask {
                    (0..<share).filter { _ in key.isValid(signature: signature, for: message) }.count
                }
            }
            return await group.reduce(0, +)
        }
        return "\(valid)"
    }
}
