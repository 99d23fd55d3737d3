// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import ContentTrust
import SigningKeys
import TrustCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Verifies a channel in the format of conda content trust: root, key manager, and every record of an index.
struct TrustVerifyJob {
    let folder: String

    /// How many records are trusted, and how many are not.
    func run() async throws -> String {
        let chain = try TrustChain(pinned: TUFInputs.read(folder + "/1.root.json"))
        try chain.root.checkExpiry(now: TUFInputs.now)
        let keyManager = try chain.keyManager(TUFInputs.read(folder + "/key_mgr.json"), now: TUFInputs.now)
        let path = folder + "/repodata.json"
        let index = try RepodataIndex(WholeFile.read(path), of: path)
        let table = try RecordSignatureTable(index.signatures ?? Array("{}".utf8)[...], of: path)
        let records = index.recordTexts.lazy.map { RecordText(fileName: $0.fileName, text: $0.text) }
        var trusted = 0
        var others = 0
        let verifier = RecordVerifier(RecordAuthority(keyManager)) { try table[$0] }
        try await verifier.verify(records) { _, result in
            switch result {
            case .success: trusted += 1
            case .failure: others += 1
            }
        }
        return "\(trusted) \(others)"
    }
}

/// Makes what the other job verifies: metadata, and the index signed.
struct TrustBuildJob {
    let path: String
    let key: String
    let folder: String

    func run() async throws -> String {
        let answer = try await TrustSignJob(path: path, key: key, folder: folder).run()
        let signer = try TUFInputs.key(key)
        let delegation = try TrustDelegation([TrustKey(signer.publicKey)], threshold: 1)
        for role in [TrustRole.root, .keyManager] {
            let metadata = try TrustMetadata(
                role,
                version: 1,
                timestamp: TUFInputs.made,
                expiration: TUFInputs.made.advanced(bySeconds: 20 * 365 * 86_400),
                delegations: Dictionary(uniqueKeysWithValues: role.delegates.map { ($0, delegation) })
            )
            var envelope = try TrustEnvelope(metadata)
            try await envelope.sign(with: signer, now: TUFInputs.made)
            try RawFile.write(envelope.encoded(), to: folder + "/" + role.fileName(version: 1))
        }
        return answer
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
