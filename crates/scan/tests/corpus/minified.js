!function(){var e="https://api.example.com",t=function(t,n){return fetch("".concat(e).concat(t),n)},n={};n.load=function(e){return t("/load/"+e)};
n.load("x"); // ~ fetch https://api.example.com/load/x
var r=(0,window.fetch),o=!0,i=void 0;
r(i||"/comma"); // ~ fetch /comma
}();
(function(e,t){
  e.fetch(t+"/iife"); // ~ fetch https://iife.example.com/iife
})(window,"https://iife.example.com");
var A=function(){function e(t){this.root=t}return _createClass(e,[{key:"get",value:function(e){return fetch(this.root+e)}}]),e}();
new A("https://compiled.example.com").get("/x"); // ~ fetch https://compiled.example.com/x
