(()=>{var e={17:(e,t,n)=>{"use strict";n.d(t,{Z:()=>a,q:()=>o});var r=n(42);
const o="https://bundle.example.com";function a(e){return r.Z(o+e)}},
42:(e,t)=>{t.Z=function(e){return fetch(e)}},
99:function(e,t,n){var r=n(17),o=n.n(r);
(0,r.Z)("/users"); // ~ fetch https://bundle.example.com/users
fetch(r.q+"/q"); // ~ fetch https://bundle.example.com/q
}};var t={};function n(r){var o=t[r];if(void 0!==o)return o.exports;var i=t[r]={exports:{}};return e[r](i,i.exports,n),i.exports}n(99)})();
