// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

/// How an attestation that was just made looks to people, and to programs.
struct MadeAttestationReport {
    private let draft: AttestationDraft
    private let verified: VerifiedBundle
    private let sidecar: Sidecar
    private let bundle: String?

    init(_ draft: AttestationDraft, _ signed: SignedBundle, _ sidecar: Sidecar, bundle: String?) {
        self.draft = draft
        verified = signed.verified
        self.sidecar = sidecar
        self.bundle = bundle
    }

    func lines(_ console: Console) -> [TerminalText] {
        var lines: [TerminalText] = ["\(console.good("attested")) \(draft.fileName)"]
        if let identity = verified.certificate?.certificate.identity {
            lines.append("  signed by   \(identity.value)")
            lines.append("  issuer      \(identity.issuer)")
        }
        for entry in verified.log.entries {
            let index = entry.logIndex.map { ", entry \($0)" } ?? ""
            lines.append("  logged      \(entry.log.baseURL)\(index)")
        }
        for moment in verified.moments { lines.append("  signed at   \("\(moment)")") }
        let others = sidecar.count == 1 ? "" : ", now with \(Counted(sidecar.count, "attestation"))"
        lines.append("  wrote       \(draft.sidecarPath)\(others)")
        if let bundle { lines.append("  wrote       \(bundle)") }
        return lines
    }

    /// For programs.
    var json: JSONObject {
        var object = draft.json
        object["sidecar"] = .string(draft.sidecarPath)
        object["attestations"] = .number(JSONNumber(Int64(sidecar.count)))
        object["attestations_sha256"] = .string(sidecar.digest.hex)
        object["bundle"] = bundle.map { .string($0) } ?? .null
        if let identity = verified.certificate?.certificate.identity {
            object["identity"] = .string(identity.value)
            object["issuer"] = .string(identity.issuer)
        }
        verified.describe(in: &object)
        return object
    }
}
