// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Sigstore
import TrustCore

extension VerifiedBundle {
    /// When it was signed and which logs have it, for programs: the members `times` and `log_entries`.
    func describe(in object: inout JSONObject) {
        object["times"] = .array(moments.map { .string($0.description) })
        object["log_entries"] = .array(
            log.entries.map { entry in
                var item = JSONObject()
                item["log"] = .string(entry.log.baseURL)
                item["kind"] = .string(entry.kind.rawValue)
                item["index"] = entry.logIndex.map { .number(JSONNumber($0)) }
                return .object(item)
            }
        )
    }
}
