// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

extension JSONFields {
    /// The members that the specification of this object does not name: tolerated, kept and written back.
    func unrecognized(besides known: [String]) -> JSONObject {
        var rest = JSONObject()
        for member in object.members where !known.contains(where: { $0.utf8.elementsEqual(member.key.utf8) })
        {
            rest.insert(member.key, member.value)
        }
        return rest
    }
}

extension JSONObject {
    /// The members of both; of two equal keys the one already here stays.
    func adding(_ rest: JSONObject) -> JSONObject {
        var sum = self
        for member in rest.members { sum.insert(member.key, member.value) }
        return sum
    }
}
